// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the periphery sees of a device behind resistive wires, as a code: reads take seen codes in
// place of the devices' own and stay as they are.
//
// First-order model: with all inputs of a block at 1 V and no drops, device (i, j) carries g_ij and
// its lines lose d = word drop + bit drop volts on the way to and from it. Its effective
// conductance, the current per volt of its own input, is then g_ij (1 - d_ij) to first order in the
// wires' resistance, for any inputs, because the wires' resistances are symmetric. Taken as g_ij /
// (1 + d_ij): the same to first order, never negative, exact for a block of one device. Error:
// below D^2 times the block's largest conductance, D its largest d.
//
// Level 0 has a conductance, too, and the reference that takes its current away sees drops or not:
// `matched`, a reference that loses what the device loses (interleaved reference columns, or
// offsets calibrated in place), so a code shrinks by the factor of its device; `ideal`, a reference
// without drops, so every device is seen that much below level 0. Pairs of devices need no
// reference. Codes beyond the int16 range are held at it: a device at G_min that is seen below it.
//
// A physical crossbar is a block of at most block_lines x block_lines devices of a plane, with
// wires of its own. Work: two ladders, some ten operations a device; 4 bytes a device of workspace.

#include <cstdint>

#include "devicemodels/core/math.hpp"
#include "kernels/wires/ladder.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther {

enum class WireReference : std::uint8_t { matched, ideal };
template <>
struct EnumNames<WireReference> {
  static constexpr std::array values{std::pair{WireReference::matched, std::string_view{"matched"}},
                                     std::pair{WireReference::ideal, std::string_view{"ideal"}}};
};

inline constexpr int max_wire_lines = 128;

/// Conductances of a device's window, siemens.
struct SiemensWindow {
  double lowest;
  double width;
};

/// How a plane's codes stand for conductances.
struct SeenPlane {
  SiemensWindow window;
  double range;  // codes in the window
  bool mirrored;
  bool paired;
  WireReference reference;

  PANTHER_HD double siemens(std::int16_t code) const {
    double const stored = static_cast<double>(code) - code_of_g_min;
    return window.lowest + window.width * ((mirrored ? range - stored : stored) / range);
  }

  /// The code of a device of which `share` of the conductance is seen.
  PANTHER_HD std::int16_t seen(std::int16_t code, double share) const {
    double value = static_cast<double>(code) * share;
    if (paired || reference == WireReference::ideal) {
      double const position = (siemens(code) * share - window.lowest) / window.width * range;
      value = (mirrored ? range - position : position) + code_of_g_min;
    }
    return static_cast<std::int16_t>(nearest(clamped(value, -32768.0, 32767.0)));
  }
};

struct SeenArgs {
  XbarShape shape;
  Slicing slicing;
  std::int16_t const* codes;
  std::int16_t* seen;            // as codes
  float* drops;                  // workspace, [replica][plane][row][stride]
  SiemensWindow const* windows;  // [replica]
  WireCircuit circuit;
  int set;
  int block_lines;  // at most max_wire_lines
  WireReference reference;

  /// `plane` counts the planes of all replicas.
  PANTHER_HD SeenPlane plane_of(std::int64_t plane) const {
    int const own = static_cast<int>(plane % shape.planes);
    return {windows[plane / shape.planes],
            static_cast<double>(window_range(slicing.cell_bits[slicing.slice_of(own)])),
            slicing.mirrored(own), slicing.mirrored_devices != 0, reference};
  }
  PANTHER_HD std::int64_t code_index(std::int64_t plane, int row, int col) const {
    return shape.index(static_cast<int>(plane / shape.planes), set,
                       static_cast<int>(plane % shape.planes), row, col);
  }
  PANTHER_HD std::int64_t drop_index(std::int64_t plane, int row, int col) const {
    return (plane * shape.rows + row) * shape.stride + col;
  }
  PANTHER_HD int row_blocks() const { return (shape.rows + block_lines - 1) / block_lines; }
  PANTHER_HD int col_blocks() const { return (shape.cols + block_lines - 1) / block_lines; }
};

/// Volts at the cells of `Lines` lines, [cell][line] from the near end, that devices drive with
/// currents(k, line) and nothing loads.
template <int Lines, class Currents>
PANTHER_HD void line_drops(LineWires const& wires, int cells, double* volts,
                           Currents const& currents) {
  double pass[max_wire_lines];
  PerLine<double, Lines> flow = {};
  double load = 1.0 / wires.far_ohm;
  double share = 0.0;
  for (int k = cells; k-- > 0;) {
    for (int i = 0; i < Lines; ++i) {
      flow[i] = currents(k, i) + share * flow[i];
      volts[k * Lines + i] = flow[i];
    }
    if (k == 0) break;
    share = 1.0 / (1.0 + wires.segment_ohm * load);
    pass[k] = share;
    load *= share;
  }
  double const near = 1.0 / (1.0 + wires.near_ohm * load);
  for (int i = 0; i < Lines; ++i) {
    flow[i] = near * (wires.near_ohm * flow[i]);
    volts[i] = flow[i];
  }
  for (int k = 1; k < cells; ++k) {
    for (int i = 0; i < Lines; ++i) {
      flow[i] = pass[k] * (flow[i] + wires.segment_ohm * volts[k * Lines + i]);
      volts[k * Lines + i] = flow[i];
    }
  }
}

/// One item: the word drops of a block's part of a row.
struct WordDrops {
  SeenArgs args;

  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.shape.replicas) * args.shape.planes * args.shape.rows *
           args.col_blocks();
  }

  PANTHER_HD void operator()(std::int64_t item) const {
    int const first = static_cast<int>(item % args.col_blocks()) * args.block_lines;
    std::int64_t const line = item / args.col_blocks();
    int const row = static_cast<int>(line % args.shape.rows);
    std::int64_t const plane = line / args.shape.rows;
    int const cells = smaller(args.block_lines, args.shape.cols - first);
    SeenPlane const seen = args.plane_of(plane);
    std::int16_t const* const code = args.codes + args.code_index(plane, row, first);
    float* const drop = args.drops + args.drop_index(plane, row, first);
    double volts[max_wire_lines];
    line_drops<1>(args.circuit.word, cells, volts,
                  [&](int k, int) { return seen.siemens(code[k]); });
    for (int k = 0; k < cells; ++k) drop[k] = static_cast<float>(volts[k]);
  }
};

/// The bit drops of a block's part of `Lines` neighbouring columns, an item each. Lines divides
/// column_alignment, so the columns beyond the last are padding.
template <int Lines>
struct BlockColumns {
  SeenArgs const& args;

  PANTHER_HD int groups() const { return (args.shape.cols + Lines - 1) / Lines; }
  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.shape.replicas) * args.shape.planes * args.row_blocks() *
           groups();
  }

  /// keep(plane, index of the device, its whole drop), after WordDrops.
  template <class Keep>
  PANTHER_HD void visit(std::int64_t item, Keep const& keep) const {
    int const first_col = static_cast<int>(item % groups()) * Lines;
    std::int64_t const line = item / groups();
    int const first_row = static_cast<int>(line % args.row_blocks()) * args.block_lines;
    std::int64_t const plane = line / args.row_blocks();
    int const cells = smaller(args.block_lines, args.shape.rows - first_row);
    SeenPlane const seen = args.plane_of(plane);
    double volts[std::size_t{max_wire_lines * Lines}];
    auto const row_of = [&](int k) { return first_row + cells - 1 - k; };
    line_drops<Lines>(args.circuit.bit, cells, volts, [&](int k, int i) {
      return seen.siemens(args.codes[args.code_index(plane, row_of(k), first_col + i)]);
    });
    for (int k = 0; k < cells; ++k) {
      for (int i = 0; i < smaller(Lines, args.shape.cols - first_col); ++i) {
        std::int64_t const at = args.code_index(plane, row_of(k), first_col + i);
        float const word = args.drops[args.drop_index(plane, row_of(k), first_col + i)];
        keep(seen, at, volts[k * Lines + i] + static_cast<double>(word));
      }
    }
  }
};

/// One item: the seen codes of BlockColumns.
template <int Lines>
struct SeenColumns {
  SeenArgs args;

  PANTHER_HD std::int64_t items() const { return BlockColumns<Lines>{args}.items(); }

  PANTHER_HD void operator()(std::int64_t item) const {
    BlockColumns<Lines>{args}.visit(
        item, [&](SeenPlane const& plane, std::int64_t at, double drop) {
          args.seen[at] = plane.seen(args.codes[at], 1.0 / (1.0 + drop));
        });
  }
};

}  // namespace panther
