// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every random stream of the program, and how a draw is addressed. Nothing stores generator state:
// a value is a function of (seed, stream, item, step, sub-step).

#include "devicemodels/core/hd.hpp"

namespace panther {

/// Numbers are part of the reproducibility promise: never renumber, never reuse.
enum class Stream : std::uint8_t {
  weight_init = 1,    // item = weight index of a layer
  example_order = 2,  // item = position, step = epoch
  update_noise =
      3,  // item = device group, step = example; sub-step = 1 + stream step, 0 = aggregate
  device_variation = 4,  // item = device
  read_noise = 5,        // item = (tile, line), step = read
  write_noise = 6,       // item = device group, step = write event; sub-step = attempt
  write_read_noise = 7,  // item = device group, step = write event; sub-step = attempt
  test_data = 8,         // synthetic inputs of tests, checks and benchmarks
  vector_device = 40,    // item = layer, step = turn
  refresh_read = 41,     // item = device, step = refresh event
  refresh_write = 42,    // item = device, step = refresh event; sub-step = attempt
};

/// A crossbar set of a layer, a plane of devices in it, a row and a column (or column group) packed
/// into 64 bits: 10 bits layer, 2 set, 8 plane, 22 row, 22 column.
PANTHER_HD constexpr std::uint64_t device_item(std::uint64_t layer, std::uint64_t set,
                                               std::uint64_t plane, std::uint64_t row,
                                               std::uint64_t column) {
  return (layer << 54) | (set << 52) | (plane << 44) | (row << 22) | column;
}

}  // namespace panther
