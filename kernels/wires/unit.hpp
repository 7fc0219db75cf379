// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A unit of the iteration of solve.hpp: its memory, its phases, what it reads and writes outside.

#include <cstdint>

#include "kernels/wires/ladder.hpp"
#include "kernels/wires/solve.hpp"

namespace panther {

/// Offsets, in doubles, of a unit's memory.
struct WireWorkspace {
  int stride;  // cells from row to row: odd, so that the cells of a column share no cache set
  std::int64_t cells;
  std::int64_t driven;
  std::int64_t sensed;

  PANTHER_HD explicit WireWorkspace(WireSolveArgs const& args)
      : stride(args.cols | 1),
        cells(static_cast<std::int64_t>(args.rows) * stride),
        driven(args.driven_lines()),
        sensed(args.sensed_lines()) {}

  PANTHER_HD static std::int64_t padded(std::int64_t doubles) {
    return (doubles + wire_lanes - 1) / wire_lanes * wire_lanes;
  }
  PANTHER_HD std::int64_t vector(int index) const { return index * cells * wire_lanes; }
  PANTHER_HD std::int64_t source() const { return vector(6); }
  PANTHER_HD std::int64_t partial(int index) const {
    return source() + (driven + index * larger(driven, sensed)) * wire_lanes;
  }
  PANTHER_HD std::int64_t pass(int index) const { return partial(2) + index * padded(cells); }
  PANTHER_HD std::int64_t siemens() const { return pass(2); }
  PANTHER_HD std::int64_t near(int index) const { return pass(3) + index * padded(driven); }
  PANTHER_HD std::int64_t doubles() const { return near(1) + padded(sensed); }
};

/// One unit as phases, each the same work on every driven or every sensed line; lines in any order.
/// V is the value of one lane, or a vector of neighbouring ones, Stride how many of them a cell
/// has.
template <class V, int Stride>
struct WireUnit {
  double* siemens;  // [row][stride] of the unit's crossbar
  Ladder driven;
  Ladder sensed;
  V* x;          // voltages of the sensed lines
  V* direction;  // p
  V* pushed;     // B p
  V* stray;      // f
  V* work;       // w, then A p
  V* moved;      // x', then x' - x, then z
  V* source;     // [driven line]
  V* first;      // [line] sums of a phase
  V* second;

  WireUnit() = default;
  /// `lane` is the first of the vector's.
  PANTHER_HD WireUnit(WireSolveArgs const& args, double* memory, int lane) {
    WireWorkspace const at(args);
    auto const vector = [&](std::int64_t offset) {
      return reinterpret_cast<V*>(memory + offset + lane);
    };
    LineCells const word = word_cells(args.rows, args.cols, at.stride);
    LineCells const bit = bit_cells(args.rows, args.cols, at.stride);
    bool const rows = args.circuit.driven == Driven::rows;
    siemens = memory + at.siemens();
    driven = make_ladder(rows ? word : bit, args.circuit.driven_wires(), memory + at.pass(0),
                         memory + at.near(0));
    sensed = make_ladder(rows ? bit : word, args.circuit.sensed_wires(), memory + at.pass(1),
                         memory + at.near(1));
    x = vector(at.vector(0));
    direction = vector(at.vector(1));
    pushed = vector(at.vector(2));
    stray = vector(at.vector(3));
    work = vector(at.vector(4));
    moved = vector(at.vector(5));
    source = vector(at.source());
    first = vector(at.partial(0));
    second = vector(at.partial(1));
  }

  /// Where the values of a line begin, as doubles.
  PANTHER_HD double* source_of(int line) const { return doubles(source + line * Stride); }
  PANTHER_HD double* first_of(int line) const { return doubles(first + line * Stride); }
  PANTHER_HD double* second_of(int line) const { return doubles(second + line * Stride); }
  PANTHER_HD static double* doubles(V* values) { return reinterpret_cast<double*>(values); }

  /// How many sums a phase leaves with each line: in `first`, in `second`.
  PANTHER_HD static int sums(WirePhase phase) {
    if (phase == WirePhase::evaluate_driven || phase == WirePhase::begin) return 0;
    return phase == WirePhase::answer ? 1 : 2;
  }

  PANTHER_HD static V magnitude(V const& value) { return value < 0.0 ? -value : value; }

  PANTHER_HD int lines(WirePhase phase) const {
    bool const by_sensed = phase == WirePhase::evaluate_sensed || phase == WirePhase::advance;
    return !by_sensed ? driven.cells.lines : sensed.cells.lines;
  }

  /// Lines [line, line + Lines) of a phase.
  template <int Lines>
  PANTHER_HD void run(WirePhase phase, int line, V const& factor) const {
    if (phase == WirePhase::evaluate_driven) evaluate_driven<Lines>(line);
    if (phase == WirePhase::evaluate_sensed) evaluate_sensed<Lines>(line, factor);
    if (phase == WirePhase::begin) begin<Lines>(line);
    if (phase == WirePhase::advance) advance<Lines>(line, factor);
    if (phase == WirePhase::answer) answer<Lines>(line, factor);
  }

  PANTHER_HD void clear(int line) const {
    for (int k = 0; k < sensed.cells.cells; ++k) {
      std::int64_t const cell = sensed.cells.at(line, k) * Stride;
      x[cell] = V{};
      direction[cell] = V{};
      pushed[cell] = V{};
      work[cell] = V{};
    }
  }

  template <int Lines>
  PANTHER_HD void evaluate_driven(int line) const {
    driven.template respond<Lines, Stride>(
        line, source + line * Stride, Stride, work,
        [&](std::int64_t cell, int) -> V { return siemens[cell] * x[cell * Stride]; },
        [](std::int64_t, V const& volt, int) -> V { return volt; });
  }

  /// Leaves the step in `moved`.
  template <int Lines>
  PANTHER_HD void evaluate_sensed(int line, V const& taken) const {
    V const grounded{};
    PerLine<V, Lines> left = {};
    PerLine<V, Lines> current = {};
    sensed.template respond<Lines, Stride>(
        line, &grounded, 0, moved,
        [&](std::int64_t cell, int) -> V { return siemens[cell] * work[cell * Stride]; },
        [&](std::int64_t cell, V const& volt, int which) -> V {
          V const step = volt - x[cell * Stride];
          left[which] += siemens[cell] * magnitude(step);
          current[which] += siemens[cell] * magnitude(work[cell * Stride] - volt);
          x[cell * Stride] = x[cell * Stride] + taken * step;
          // The sensed currents are those of (w, x'): kept until a new round needs the memory.
          stray[cell * Stride] = siemens[cell] * (work[cell * Stride] - volt);
          return step;
        });
    keep<Lines>(first, line, left);
    keep<Lines>(second, line, current);
  }

  template <int Lines>
  PANTHER_HD void begin(int line) const {
    V const grounded{};
    driven.template respond<Lines, Stride>(
        line, &grounded, 0, stray,
        [&](std::int64_t cell, int) -> V { return siemens[cell] * moved[cell * Stride]; },
        [&](std::int64_t cell, V const& volt, int) -> V { return siemens[cell] * volt; });
  }

  template <int Lines>
  PANTHER_HD void advance(int line, V const& along) const {
    V const grounded{};
    PerLine<V, Lines> power = {};
    PerLine<V, Lines> left = {};
    for (int i = 0; i < Lines; ++i) move(line + i, along);
    sensed.template respond<Lines, Stride>(
        line, &grounded, 0, moved,
        [&](std::int64_t cell, int which) -> V {
          left[which] += magnitude(stray[cell * Stride]);
          return stray[cell * Stride];
        },
        [&](std::int64_t cell, V const& volt, int which) -> V {
          power[which] += stray[cell * Stride] * volt;
          return volt;
        });
    keep<Lines>(first, line, power);
    keep<Lines>(second, line, left);
  }

  /// A sensed line along the direction.
  PANTHER_HD void move(int line, V const& along) const {
    V sum{};
    for (int k = 0; k < sensed.cells.cells; ++k) {
      std::int64_t const at = sensed.cells.at(line, k) * Stride;
      x[at] = x[at] + along * direction[at];
      stray[at] = stray[at] - along * (pushed[at] - work[at]);
      if (sensed.segment_ohm == 0.0) {
        sum += stray[at];
        stray[at] = V{};
      }
    }
    if (sensed.segment_ohm == 0.0) stray[sensed.cells.at(line, 0) * Stride] = sum;
  }

  template <int Lines>
  PANTHER_HD void answer(int line, V const& kept) const {
    V const grounded{};
    PerLine<V, Lines> power = {};
    driven.template respond<Lines, Stride>(
        line, &grounded, 0, work,
        [&](std::int64_t cell, int) -> V {
          std::int64_t const at = cell * Stride;
          direction[at] = moved[at] + kept * direction[at];
          pushed[at] = stray[at] + kept * pushed[at];
          return siemens[cell] * direction[at];
        },
        [&](std::int64_t cell, V const& volt, int which) -> V {
          V const ampere = siemens[cell] * volt;
          power[which] += direction[cell * Stride] * (pushed[cell * Stride] - ampere);
          return ampere;
        });
    keep<Lines>(first, line, power);
  }

  template <int Lines>
  PANTHER_HD static void keep(V* sums, int line, V const* values) {
    for (int i = 0; i < Lines; ++i) sums[(line + i) * Stride] = values[i];
  }

  /// Current of a device, after an evaluation.
  PANTHER_HD V device_current(std::int64_t cell) const { return stray[cell * Stride]; }

  /// Current out of a sensed line, after an evaluation: what its devices bring.
  PANTHER_HD V sensed_current(int line) const {
    V sum{};
    for (int k = 0; k < sensed.cells.cells; ++k) {
      sum += stray[sensed.cells.at(line, k) * Stride];
    }
    return sum;
  }
};

/// What lanes read and write outside the workspace.
struct WirePorts {
  WireSolveArgs args;
  std::int64_t unit;

  PANTHER_HD int input(int lane) const {
    return static_cast<int>(unit % args.packs()) * wire_lanes + lane;
  }
  PANTHER_HD std::int64_t item(int lane) const {
    return unit / args.packs() * args.inputs + input(lane);
  }
  PANTHER_HD double siemens(int row, int col) const {
    std::int64_t const first = unit / args.packs() * args.rows;
    return args.siemens[(first + row) * args.cols + col];
  }
  /// Lanes beyond the last input are at 0 V.
  PANTHER_HD double volt(int line, int lane) const {
    if (input(lane) >= args.inputs) return 0.0;
    if (args.volts == nullptr) return input(lane) == line ? 1.0 : 0.0;
    return args.volts[item(lane) * args.driven_lines() + line];
  }
  PANTHER_HD void write_current(int line, int lane, double ampere) const {
    if (input(lane) < args.inputs) {
      args.amperes[item(lane) * args.sensed_lines() + line] = ampere;
    }
  }
  PANTHER_HD void write_device(int row, int col, int lane, double ampere) const {
    if (input(lane) < args.inputs) {
      args.device_amperes[(item(lane) * args.rows + row) * args.cols + col] = ampere;
    }
  }
  PANTHER_HD void write_outcome(int lane, WireLanes const& lanes) const {
    if (input(lane) >= args.inputs) return;
    args.outcomes[item(lane)] = {lanes.mismatch[lane], lanes.iterations[lane],
                                 lanes.converged[lane] ? 1 : 0};
  }
};

}  // namespace panther
