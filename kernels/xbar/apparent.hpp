// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The apparent state of devices that hide theirs, after an operation on the persistent one: drawn
// anew for the devices that it touched. devicemodels/apparent.hpp is the physics.
//
// All other operations act on the persistent codes as if there was nothing else, and reads read the
// apparent ones; only writes that read (carry resolution, write-verify) know both and draw by
// themselves (xbar/resolve.hpp). An update touches the devices that it asks for steps, whether they
// move or not, and draws by the last example that does; a pass touches every device, or those that
// a write has just changed.
//
// Work: the step counts of an update; 2 B read + 2 B written and a Philox block for four devices.
// Bound: arithmetic. This functor is the definition of every backend; kernels/cpu has vector loops
// for updates. Bit-identical everywhere.

#include <cstdint>

#include "devicemodels/apparent.hpp"
#include "kernels/xbar/device_lanes.hpp"

namespace panther {

/// What has touched the devices; passes draw with their number as sub-step.
enum class Touch : std::uint32_t {
  update = 0,
  programming_error = 256,  // beyond the attempts of writes
  wear,
  aging,
  test_transfer,
  test_wait,
};

struct ApparentArgs {
  UpdateArgs update;           // the update that has been, of persistent codes; of a pass: shape,
                               // slicing, codes, traits, devices, layer, set_mask
  std::int16_t* apparent;      // as codes
  std::int16_t const* before;  // as codes, a pass: only devices whose code differs; null: all
  Touch touch;
  std::uint64_t event;  // of a pass
};

struct ApparentLane {
  ApparentArgs args;

  PANTHER_HD std::int64_t items() const { return lanes_of(args.update.shape); }

  PANTHER_HD void operator()(std::int64_t item) const {
    LanePlace const place = lane_place(args.update.shape, item);
    if (((args.update.set_mask >> place.set) & 1U) == 0) return;
    std::int64_t drawn = -1;
    float normal[4] = {};
    for (int word = 0; word < 4; ++word) {
      int const col = lane_column(place.lane, word);
      if (col >= args.update.shape.cols) break;
      std::int64_t const step = touched_at(place, col);
      if (step < 0) continue;
      if (step != drawn) draw_normals(place, step, normal);
      drawn = step;
      appear(place, col, normal[word]);
    }
  }

  /// The last example that asks the device for steps, or the pass's 0; -1: not touched.
  PANTHER_HD std::int64_t touched_at(LanePlace const& place, int col) const {
    if (args.touch == Touch::update) {
      int example = args.update.examples - 1;
      while (example >= 0 && steps_of_example(args.update, place, col, example) == 0) --example;
      return example;
    }
    if (args.before == nullptr) return 0;
    std::int64_t const index = index_of(place, col);
    return args.before[index] != args.update.codes[index] ? 0 : -1;
  }

  PANTHER_HD std::int64_t index_of(LanePlace const& place, int col) const {
    return args.update.shape.index(place.replica, place.set, place.plane, place.row, col);
  }

  PANTHER_HD void draw_normals(LanePlace const& place, std::int64_t example,
                               float normal[4]) const {
    bool const update = args.touch == Touch::update;
    std::uint64_t const step =
        update ? args.update.first_step + static_cast<std::uint64_t>(example) : args.event;
    lane_normals(draw(args.update.devices[place.replica].seed,
                      update ? Stream::apparent_update : Stream::apparent_write,
                      item_of(args.update.layer, place, place.lane), step,
                      static_cast<std::uint32_t>(args.touch)),
                 normal);
  }

  PANTHER_HD void appear(LanePlace const& place, int col, float normal) const {
    UpdateArgs const& update = args.update;
    DeviceConstants const& device = update.devices[place.replica];
    std::int64_t const index = index_of(place, col);
    auto const range = static_cast<float>(
        window_range(update.slicing.cell_bits[update.slicing.slice_of(place.plane)]));
    Traits const traits =
        update.traits.load(device, range, index, item_of(update.layer, place, col));
    float const deviation = apparent_deviation(device, traits.low, traits.high, range);
    args.apparent[index] = apparent_code(deviation, range, update.codes[index], normal);
  }
};

}  // namespace panther
