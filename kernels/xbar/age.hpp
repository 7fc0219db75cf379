// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A pass over all devices of some sets between updates: time (retention, drift, random walk), or,
// over those that a write has just changed, the error of programming. devicemodels/aging.hpp is the
// physics.
//
// Work: 2 B read + 2 B written a device; a Philox block for four devices, another if the pass is
// noisy, and a block a device for frozen draws. Bound: arithmetic. This functor is the definition
// of every backend; kernels/cpu has vector loops. Bit-identical everywhere. A device that the pass
// leaves where it is keeps its code.

#include <cstdint>

#include "devicemodels/aging.hpp"
#include "kernels/xbar/device_lanes.hpp"

namespace panther {

struct AgeArgs {
  XbarShape shape;
  Slicing slicing;
  std::int16_t* codes;
  std::int16_t const* before;  // as codes: only devices whose code differs are touched; null: all
  TraitSource traits;          // bounds
  DeviceConstants const* devices;  // [replica]
  AgingConstants const* aging;     // [replica]
  std::uint64_t step;              // every pass draws afresh
  int layer;
  unsigned set_mask;  // bit s: the devices of set s
  Stream stream;
  bool noisy;   // some replica's pass is
  bool frozen;  // some replica's devices differ in frozen draws
  CodeRounding rounding;
};

/// Sub-steps of the pass's stream.
inline constexpr std::uint32_t aging_rounding = 0;
inline constexpr std::uint32_t aging_normals = 1;

struct AgeLane {
  AgeArgs args;

  PANTHER_HD std::int64_t items() const { return lanes_of(args.shape); }

  PANTHER_HD void operator()(std::int64_t item) const {
    LanePlace const place = lane_place(args.shape, item);
    if (((args.set_mask >> place.set) & 1U) == 0) return;
    std::uint64_t const group = item_of(args.layer, place, place.lane);
    std::uint64_t const seed = args.devices[place.replica].seed;
    float dither[4] = {0.5F, 0.5F, 0.5F, 0.5F};
    float normal[4] = {0.0F, 0.0F, 0.0F, 0.0F};
    if (args.rounding == CodeRounding::stochastic) {
      PhiloxWords const words = draw(seed, args.stream, group, args.step, aging_rounding);
      for (int k = 0; k < 4; ++k) dither[k] = fine_dither(words.w[k]);
    }
    if (args.noisy) {
      lane_normals(draw(seed, args.stream, group, args.step, aging_normals), normal);
    }
    for (int word = 0; word < 4; ++word) {
      int const col = lane_column(place.lane, word);
      if (col >= args.shape.cols) break;
      age(place, col, normal[word], dither[word]);
    }
  }

  PANTHER_HD void age(LanePlace const& place, int col, float normal, float dither) const {
    std::int64_t const index =
        args.shape.index(place.replica, place.set, place.plane, place.row, col);
    std::int16_t const code = args.codes[index];
    if (args.before != nullptr && args.before[index] == code) return;
    DeviceConstants const& device = args.devices[place.replica];
    bool const mirrored = args.slicing.mirrored(place.plane);
    AgingWindow const window = aging_window(
        device.g_min_in_windows,
        window_range(args.slicing.cell_bits[args.slicing.slice_of(place.plane)]), mirrored);
    std::uint64_t const item = item_of(args.layer, place, col);
    Traits const traits = args.traits.load(device, window.range, index, item);
    AgingDraws draws{};
    if (args.frozen) {
      PhiloxWords const words = draw(device.seed, Stream::aging_traits, item, 0);
      draws = aging_draws(words.w[0], words.w[1]);
    }
    float const stored = position_of(code);
    float const change = aged(args.aging[place.replica], draws, window, traits.low, traits.high,
                              mirrored ? window.range - stored : stored, normal);
    std::int32_t const whole = whole_change(change, dither);
    args.codes[index] = static_cast<std::int16_t>(code + (mirrored ? -whole : whole));
  }
};

}  // namespace panther
