// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Wear: a pass after an update or a write that counts the writes of every device and holds devices
// within the windows that their counts leave them. After an update it finds the level steps again
// from the same vectors; after carry resolution or programming it compares with the codes before.
//
// Work: the step counts of the update; 4 B read + 4 B written a device that moved, and its 2 B
// code where windows close. This functor is the definition of every backend. Bit-identical
// everywhere.

#include <cstdint>

#include "devicemodels/wear.hpp"
#include "kernels/xbar/device_lanes.hpp"

namespace panther {

struct WearArgs {
  UpdateArgs update;  // the update that has been; of a write: shape, slicing, codes, devices, layer
  std::int16_t const* before;  // codes before a write; null: an update has been
  std::uint32_t* writes;       // as codes
  WearConstants const* wear;   // [replica]
  WriteCount count;
  bool wears;  // some replica's windows close
  bool fails;  // some replica's devices fail
};

struct WearLane {
  WearArgs args;

  PANTHER_HD std::int64_t items() const { return lanes_of(args.update.shape); }

  PANTHER_HD void operator()(std::int64_t item) const {
    LanePlace const place = lane_place(args.update.shape, item);
    if (((args.update.set_mask >> place.set) & 1U) == 0) return;
    if (args.before == nullptr && !driven(place)) return;
    for (int word = 0; word < 4; ++word) {
      int const col = lane_column(place.lane, word);
      if (col >= args.update.shape.cols) break;
      wear(place, col);
    }
  }

  /// Some example drives the row.
  PANTHER_HD bool driven(LanePlace const& place) const {
    UpdateArgs const& update = args.update;
    if (update.drive == UpdateDrive::delta) return true;
    for (int example = 0; example < update.examples; ++example) {
      if (x_of(place, example) != 0) return true;
    }
    return false;
  }

  PANTHER_HD std::int32_t x_of(LanePlace const& place, int example) const {
    std::int64_t const vector =
        static_cast<std::int64_t>(place.replica) * args.update.batch + example;
    return args.update.x[vector * args.update.shape.rows + place.row];
  }

  PANTHER_HD void wear(LanePlace const& place, int col) const {
    UpdateArgs const& update = args.update;
    std::int64_t const index =
        update.shape.index(place.replica, place.set, place.plane, place.row, col);
    bool const written = args.before != nullptr;
    if (written && args.before[index] == update.codes[index]) return;
    std::uint32_t const more = written
                                   ? steps_between(place, args.before[index], update.codes[index])
                                   : steps_of_update(place, col);
    std::uint32_t const writes = more_writes(args.writes[index], more);
    args.writes[index] = writes;
    if (args.wears) hold(place, col, index, writes);
  }

  /// Level steps of a write that changed a code; at least one.
  PANTHER_HD std::uint32_t steps_between(LanePlace const& place, std::int16_t from,
                                         std::int16_t to) const {
    if (args.count == WriteCount::updates) return 1;
    Slicing const& slicing = args.update.slicing;
    int const shift = 16 - slicing.cell_bits[slicing.slice_of(place.plane)];
    std::uint32_t const distance = magnitude_of(to - from);
    return larger((distance + ((1U << shift) >> 1)) >> shift, 1U);
  }

  PANTHER_HD std::uint32_t steps_of_update(LanePlace const& place, int col) const {
    std::uint32_t total = 0;
    for (int example = 0; example < args.update.examples; ++example) {
      std::uint32_t const steps = steps_of_example(args.update, place, col, example);
      total += args.count == WriteCount::steps ? steps : smaller(steps, 1U);
    }
    return total;
  }

  PANTHER_HD void hold(LanePlace const& place, int col, std::int64_t index,
                       std::uint32_t writes) const {
    UpdateArgs const& update = args.update;
    auto const range = static_cast<float>(
        window_range(update.slicing.cell_bits[update.slicing.slice_of(place.plane)]));
    float draw_of_failure = 0.0F;
    if (args.fails) {
      draw_of_failure = wear_draw(draw(update.devices[place.replica].seed, Stream::wear_traits,
                                       item_of(update.layer, place, col), 0)
                                      .w[0]);
    }
    bool const mirrored = update.slicing.mirrored(place.plane);
    Bounds const bounds = worn_bounds(args.wear[place.replica], range, writes, draw_of_failure);
    float const stored = position_of(update.codes[index]);
    std::int32_t const held = held_code(bounds, mirrored ? range - stored : stored);
    std::int32_t const reflected = static_cast<std::int32_t>(range) + 2 * code_of_g_min - held;
    update.codes[index] = static_cast<std::int16_t>(mirrored ? reflected : held);
  }
};

}  // namespace panther
