// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random crossbars with resistive wires, and the nodal equations solved naively.

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "kernels/wires/exact.hpp"
#include "tests/support/random.hpp"

namespace panther::test {

/// A crossbar of devices, wires and inputs.
struct WiredArray {
  WireParams params;
  Driven driven = Driven::rows;
  int rows = 1;
  int cols = 1;
  std::vector<double> siemens;  // [row][column]
  std::vector<double> volts;    // [driven line]

  WireCircuit circuit() const { return circuit_of(params, driven); }
  int driven_lines() const { return driven == Driven::rows ? rows : cols; }
  int sensed_lines() const { return driven == Driven::rows ? cols : rows; }
  ExactWires exact() const { return {circuit(), rows, cols, siemens}; }
};

inline double decades(Random& random, double low, double high) {
  return std::pow(10.0, random.real(low, high));
}

/// Devices of 1 uS to 100 uS, and wires of `wire_ohm` to a hundred times as much; ends and
/// conventions of every kind, inputs of either sign.
inline WiredArray random_array(Random& random, int rows, int cols, double wire_ohm) {
  WiredArray array;
  array.rows = rows;
  array.cols = cols;
  array.driven = random.chance(0.5) ? Driven::rows : Driven::columns;
  array.params.word_ohm = wire_ohm * decades(random, 0.0, 2.0);
  array.params.bit_ohm = wire_ohm * decades(random, 0.0, 2.0);
  array.params.driver_ohm = wire_ohm * decades(random, 0.0, 2.0);
  array.params.sense_ohm = wire_ohm * decades(random, 0.0, 2.0);
  array.params.drivers = random.chance(0.5) ? LineEnds::one : LineEnds::both;
  array.params.senses = random.chance(0.5) ? LineEnds::one : LineEnds::both;
  array.params.end_segment = random.chance(0.5) ? EndSegment::whole : EndSegment::none;
  for (int i = 0; i < rows * cols; ++i) array.siemens.push_back(decades(random, -6.0, -4.0));
  for (int i = 0; i < array.driven_lines(); ++i) array.volts.push_back(random.real(-1.0, 1.0));
  return array;
}

/// x of matrix x = right, by Gaussian elimination with pivots.
inline std::vector<double> solved(std::vector<std::vector<double>> matrix,
                                  std::vector<double> right) {
  std::size_t const n = right.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i) {
      if (std::abs(matrix[i][k]) > std::abs(matrix[pivot][k])) pivot = i;
    }
    std::swap(matrix[k], matrix[pivot]);
    std::swap(right[k], right[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      double const factor = matrix[i][k] / matrix[k][k];
      for (std::size_t j = k; j < n; ++j) matrix[i][j] -= factor * matrix[k][j];
      right[i] -= factor * right[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) right[k] -= matrix[k][j] * right[j];
    right[k] /= matrix[k][k];
  }
  return right;
}

/// The nodal equations as they are written down: a dense matrix, resistances above zero.
class NodalEquations {
 public:
  explicit NodalEquations(WiredArray const& array)
      : array_(array),
        cells_(array.siemens.size()),
        matrix_(2 * cells_, std::vector<double>(2 * cells_, 0.0)),
        right_(2 * cells_, 0.0) {
    for (bool const word : {true, false}) {
      for (int line = 0; line < (word ? array.rows : array.cols); ++line) add_line(word, line);
    }
    for (std::size_t cell = 0; cell < cells_; ++cell) {
      join(cell, cells_ + cell, array.siemens[cell]);
    }
  }

  /// [row][column]
  std::vector<double> device_currents() const {
    std::vector<double> const volts = solved(matrix_, right_);
    std::vector<double> currents;
    for (std::size_t cell = 0; cell < cells_; ++cell) {
      currents.push_back(array_.siemens[cell] * (volts[cell] - volts[cells_ + cell]));
    }
    return currents;
  }

  std::vector<double> sensed_currents() const {
    std::vector<double> const volts = solved(matrix_, right_);
    std::vector<double> currents(static_cast<std::size_t>(array_.sensed_lines()), 0.0);
    for (Sense const& sense : senses_) currents[sense.line] += sense.siemens * volts[sense.node];
    return currents;
  }

 private:
  struct Sense {
    std::size_t node;
    double siemens;
    std::size_t line;
  };

  std::size_t node(bool word, int row, int col) const {
    return (word ? 0 : cells_) + static_cast<std::size_t>(row * array_.cols + col);
  }

  void join(std::size_t a, std::size_t b, double siemens) {
    matrix_[a][a] += siemens;
    matrix_[b][b] += siemens;
    matrix_[a][b] -= siemens;
    matrix_[b][a] -= siemens;
  }

  void add_line(bool word, int line) {
    auto const at = [&](int k) { return word ? node(true, line, k) : node(false, k, line); };
    double const segment = word ? array_.params.word_ohm : array_.params.bit_ohm;
    int const length = word ? array_.cols : array_.rows;
    for (int k = 1; k < length; ++k) join(at(k - 1), at(k), 1.0 / segment);
    bool const drives = word == (array_.driven == Driven::rows);
    double const end = (drives ? array_.params.driver_ohm : array_.params.sense_ohm) +
                       (array_.params.end_segment == EndSegment::whole ? segment : 0.0);
    LineEnds const ends = drives ? array_.params.drivers : array_.params.senses;
    int const near = word ? 0 : length - 1;
    add_end(at(near), drives, static_cast<std::size_t>(line), end);
    if (ends == LineEnds::both) {
      add_end(at(length - 1 - near), drives, static_cast<std::size_t>(line), end);
    }
  }

  void add_end(std::size_t here, bool drives, std::size_t line, double ohm) {
    matrix_[here][here] += 1.0 / ohm;
    if (drives) right_[here] += array_.volts[line] / ohm;
    if (!drives) senses_.push_back({here, 1.0 / ohm, line});
  }

  WiredArray const& array_;
  std::size_t cells_;
  std::vector<std::vector<double>> matrix_;
  std::vector<double> right_;
  std::vector<Sense> senses_;
};

inline double sum_of_magnitudes(std::vector<double> const& values) {
  double sum = 0.0;
  for (double const value : values) sum += std::abs(value);
  return sum;
}

}  // namespace panther::test
