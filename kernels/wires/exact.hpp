// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The exact currents of a crossbar with resistive wires: what all other models are measured by.
//
// Method: star-mesh elimination of every node but the terminals. A node with conductances c_k to
// its neighbours goes, and each pair of them gains c_j c_k / sum(c): Cholesky factorisation of the
// nodal equations, written without a single subtraction. So every result has nearly all digits of a
// double, whatever the ratio of the resistances (the diagonal of the nodal matrix would lose them
// once wires conduct 1e16 times better than devices). What is left between the terminals is the
// effective conductance of each pair of lines; voltages follow by substitution backwards.
//
// Resistances of 0 and infinity are exact: nodes that nothing separates are one node, an open
// resistor is absent. A part that no terminal reaches is taken to be at 0 V.
//
// Order: line by line along the longer dimension, its word nodes before its bit nodes; lines of no
// resistance, one node each, come last. Work: about rows cols w^2 with w the shorter dimension;
// memory: 8 bytes times nodes times (3 w + the longer dimension). Host only.

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/wires/params.hpp"

namespace panther {

/// Voltages and currents of one vector of inputs.
struct WireSolution {
  std::vector<double> sensed_ampere;  // [sensed line]
  std::vector<double> word_volt;      // [row][column]
  std::vector<double> bit_volt;       // [row][column]
  /// [row][column], from word to bit line; not a number for a device of infinite conductance, whose
  /// current its voltage does not tell.
  std::vector<double> device_ampere;
};

class ExactWires {
 public:
  /// Conductances in siemens, [row][column], from 0 to infinity. Throws std::invalid_argument for
  /// others, and if two lines' terminals are joined without resistance.
  ExactWires(WireCircuit const& circuit, int rows, int cols, std::span<double const> siemens);

  /// [row][column], siemens: current into column's terminal for a volt at row's, or the reverse;
  /// the currents sensed are linear in the inputs with this matrix.
  std::vector<double> const& effective() const { return effective_; }

  /// Inputs in volts, one a driven line.
  WireSolution solve(std::span<double const> volts) const;

 private:
  enum class Line : std::uint8_t { word, bit };

  int cell(int row, int col) const { return row * cols_ + col; }
  int raw_node(Line line, int row, int col) const;
  int raw_terminal(Line line, int index) const;
  int root(int raw) const;
  template <class Visit>
  void visit_resistors(Visit const& visit) const;
  template <class Visit>
  void visit_line_resistors(Line line, Visit const& visit) const;

  void join_nodes();
  void number_nodes();
  void add_conductances();
  void eliminate();
  void eliminate_node(std::int64_t node);
  void eliminate_lines();
  double* row_of(std::int64_t node) { return matrix_.data() + node * (band_ + border_); }
  double const* row_of(std::int64_t node) const {
    return matrix_.data() + node * (band_ + border_);
  }
  double& between(std::int64_t a, std::int64_t b);
  std::vector<double> node_volts(std::span<double const> volts) const;

  WireCircuit circuit_;
  int rows_;
  int cols_;
  std::vector<double> siemens_;
  std::vector<int> parent_;         // of raw nodes: sets that nothing separates
  std::vector<std::int64_t> node_;  // of roots: number; band nodes first, then the border
  std::int64_t nodes_ = 0;          // in the band
  std::int64_t band_ = 0;           // farthest neighbour in the band
  int border_ = 0;                  // lines of no resistance, then terminals
  int lines_ = 0;                   // of the border
  std::vector<double> matrix_;      // [node][band, border]: conductances to nodes after it
  std::vector<double> edge_;        // [border][border]
  std::vector<double> total_;       // of a node, when it was eliminated
  std::vector<double> effective_;
};

}  // namespace panther
