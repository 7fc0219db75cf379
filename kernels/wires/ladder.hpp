// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One line of a crossbar as a resistive ladder: what voltages its cells have when known currents
// flow into it at every cell and each cell has a known load to ground.
//
// From the far end to the near one, everything beyond cell k is a load and a current source in
// parallel (Norton): e_k = load_k + e_(k+1) pass_(k+1), i_k = in_k + i_(k+1) pass_(k+1), with pass
// = 1 / (1 + r e) of a segment r. Then the terminal fixes the first voltage, V_0 = (source + R i_0)
// / (1 + R e_0), and back outwards V_k = pass_k (V_(k-1) + r i_k). This is elimination of the
// tridiagonal nodal equations (Thomas) written with resistances instead of conductances: no
// subtraction, so no cancellation, and exact for r = 0 and R = 0.
//
// Work: two loads and two multiply-adds a cell each way, `pass` once for all currents.

#include <cstddef>
#include <cstdint>

#include "kernels/wires/params.hpp"

namespace panther {

/// Where the cells of the lines of one kind lie in an array [row][stride], from the near end.
struct LineCells {
  int lines;
  int cells;
  std::int64_t first;
  std::int64_t line_step;
  std::int64_t cell_step;

  PANTHER_HD std::int64_t at(int line, int k) const {
    return first + line * line_step + k * cell_step;
  }
};

PANTHER_HD LineCells word_cells(int rows, int cols, int stride) {
  return {rows, cols, 0, stride, 1};
}
PANTHER_HD LineCells bit_cells(int rows, int cols, int stride) {
  return {cols, rows, static_cast<std::int64_t>(rows - 1) * stride, 1, -stride};
}

/// One value for each of some lines that are worked on together.
template <class V, int Lines>
using PerLine = V[std::size_t{Lines}];

struct Ladder {
  LineCells cells;
  double segment_ohm;
  double near_ohm;
  double far_siemens;  // to the source; 0: open
  double* pass;        // [cell]
  double* near;        // [line] 1 / (1 + near_ohm e_0)

  /// The parts of a line that its loads (siemens, [cell]; null: none) decide.
  PANTHER_HD void prepare(int line, double const* loads) const {
    double load = far_siemens;
    for (int k = cells.cells; k-- > 0;) {
      std::int64_t const cell = cells.at(line, k);
      if (loads != nullptr) load += loads[cell];
      double const share = 1.0 / (1.0 + segment_ohm * load);
      pass[cell] = share;
      if (k == 0) near[line] = 1.0 / (1.0 + near_ohm * load);
      load *= share;
    }
  }

  /// The voltages of `Lines` lines from `line` on, whose terminals hold source[i source_step]:
  /// out[cell] = kept(cell, volt, which of them). `injected(cell, which)`: ampere into it, asked
  /// before out[cell] is written. A value V is one input or a vector of them; those of a cell lie
  /// Stride values after those of the cell before.
  template <int Lines, int Stride, class V, class Injected, class Kept>
  PANTHER_HD void respond(int line, V const* source, int source_step, V* out,
                          Injected const& injected, Kept const& kept) const {
    std::int64_t cell = cells.at(line, cells.cells - 1);
    PerLine<V, Lines> flow;
    for (int i = 0; i < Lines; ++i) {
      std::int64_t const at = cell + i * cells.line_step;
      flow[i] = injected(at, i) + far_siemens * source[i * source_step];
      out[at * Stride] = flow[i];
    }
    for (int k = cells.cells; k-- > 1;) {
      for (int i = 0; i < Lines; ++i) {
        std::int64_t const before = cell + i * cells.line_step;
        std::int64_t const at = before - cells.cell_step;
        flow[i] = injected(at, i) + pass[before] * flow[i];
        out[at * Stride] = flow[i];
      }
      cell -= cells.cell_step;
    }
    for (int i = 0; i < Lines; ++i) {
      std::int64_t const at = cell + i * cells.line_step;
      flow[i] = near[line + i] * (source[i * source_step] + near_ohm * flow[i]);
      out[at * Stride] = kept(at, flow[i], i);
    }
    for (int k = 1; k < cells.cells; ++k) {
      cell += cells.cell_step;
      for (int i = 0; i < Lines; ++i) {
        std::int64_t const at = cell + i * cells.line_step;
        flow[i] = pass[at] * (flow[i] + segment_ohm * out[at * Stride]);
        out[at * Stride] = kept(at, flow[i], i);
      }
    }
  }
};

/// Throws std::invalid_argument for resistances that a ladder has no numbers for: infinite segments
/// and near terminals, and a second terminal of no resistance.
void check_ladders(WireCircuit const& circuit);

PANTHER_HD Ladder make_ladder(LineCells const& cells, LineWires const& wires, double* pass,
                              double* near) {
  return {cells, wires.segment_ohm, wires.near_ohm, 1.0 / wires.far_ohm, pass, near};
}

}  // namespace panther
