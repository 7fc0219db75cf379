// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How passes over all devices of a layer are cut into items, and their random words. An item is a
// lane: up to four columns of one row that are 16 apart and share Philox blocks, as in an update.

#include <cstdint>

#include "devicemodels/core/normal.hpp"
#include "devicemodels/core/philox.hpp"
#include "kernels/xbar/update.hpp"

namespace panther {

struct LanePlace {
  int replica;
  int set;
  int plane;
  int row;
  int lane;
};

PANTHER_HD std::int64_t lanes_of(XbarShape const& shape) {
  return static_cast<std::int64_t>(shape.replicas) * shape.sets * shape.planes * shape.rows *
         lanes_of_row(shape.cols);
}

PANTHER_HD LanePlace lane_place(XbarShape const& shape, std::int64_t item) {
  int const lanes = lanes_of_row(shape.cols);
  LanePlace place{};
  place.lane = static_cast<int>(item % lanes);
  std::int64_t rest = item / lanes;
  place.row = static_cast<int>(rest % shape.rows);
  rest /= shape.rows;
  place.plane = static_cast<int>(rest % shape.planes);
  rest /= shape.planes;
  place.set = static_cast<int>(rest % shape.sets);
  place.replica = static_cast<int>(rest / shape.sets);
  return place;
}

/// device_item of a column, or of a lane.
PANTHER_HD std::uint64_t item_of(int layer, LanePlace const& place, int column) {
  return device_item(static_cast<std::uint64_t>(layer), static_cast<std::uint64_t>(place.set),
                     static_cast<std::uint64_t>(place.plane), static_cast<std::uint64_t>(place.row),
                     static_cast<std::uint64_t>(column));
}

/// Level steps by which an example of an update moves a device.
PANTHER_HD std::uint32_t steps_of_example(UpdateArgs const& update, LanePlace const& place, int col,
                                          int example) {
  bool const delta = update.drive == UpdateDrive::delta;
  std::int64_t const vector = static_cast<std::int64_t>(place.replica) * update.batch + example;
  std::int32_t const x = delta ? 1 : update.x[vector * update.shape.rows + place.row];
  if (x == 0) return 0;
  std::int64_t const row = static_cast<std::int64_t>(place.replica) * update.shape.rows + place.row;
  std::int32_t const u = delta ? update.delta[row * update.shape.cols + col]
                               : update.u[vector * update.shape.cols + col];
  bool const up = delta ? u > 0 : ((x < 0) != (u < 0));
  DeviceMask const moving = moving_devices(update, place.replica, example);
  if (!directions_of(update.slicing, place.plane, moving).takes(up)) return 0;
  UpdateLane<Ideal> const lane{update};
  return lane.steps_of(magnitude_of(x), magnitude_of(u), delta ? 0 : update.drop[vector],
                       update.slicing.slice_of(place.plane), -1)
         << update.slicing.gain_bits;
}

/// Four standard normals from a block.
PANTHER_HD void lane_normals(PhiloxWords const& words, float normal[4]) {
  NormalPair const low = normal_pair(words.w[0], words.w[1]);
  NormalPair const high = normal_pair(words.w[2], words.w[3]);
  normal[0] = low.first;
  normal[1] = low.second;
  normal[2] = high.first;
  normal[3] = high.second;
}

}  // namespace panther
