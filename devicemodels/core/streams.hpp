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
  device_variation = 4,   // item = device
  read_noise = 5,         // item = (tile, line), step = read
  write_noise = 6,        // item = device group, step = write event; sub-step = attempt
  write_read_noise = 7,   // item = device group, step = write event; sub-step = attempt
  test_data = 8,          // synthetic inputs of tests, checks and benchmarks
  line_driver = 16,       // item = (plane, driven line), step = read; sub-step = four stream steps
  converter_traits = 17,  // item = converter; sub-step = which draws
  converter_noise = 18,   // item = converter, step = read; sub-step = stream step
  telegraph_traits = 19,  // item = device
  telegraph = 20,         // item = device, step = window of reads; sub-step = two resets
  flicker = 21,  // item = device, step = window of reads; sub-step = 16 process + two resets
  slope_asymmetry = 24,  // item = device
  fault_cluster = 25,    // item = device_item of the block's place among blocks
  fault_line = 26,       // item = device_item of the line's place; sub-step 0 word line, 1 bit line
  aging_traits = 28,     // item = device
  aging = 29,            // item = device group, step = pass; sub-step 0: rounding, 1: normals
  programming = 30,      // item = device group, step = write event; sub-steps as aging
  test_transfer = 31,    // item = device group, step = examples trained on; sub-steps as aging
  test_wait = 32,        // likewise
  wear_traits = 33,      // item = device
  vector_device = 40,    // item = layer, step = turn
  refresh_read = 41,     // item = device, step = refresh event
  refresh_write = 42,    // item = device, step = refresh event; sub-step = attempt
  apparent_update = 46,  // item = device group, step = example
  apparent_write = 47,   // item = device, step = write event; sub-step = attempt. Passes: item =
                         // device group, sub-step of xbar/apparent.hpp
  counter_traits = 48,   // item = device group
  counter_update = 49,   // item, step and sub-step as update_noise
  counter_write = 50,    // item = device, step = write event; sub-step = attempt
};

/// A crossbar set of a layer, a plane of devices in it, a row and a column (or column group) packed
/// into 64 bits: 10 bits layer, 2 set, 8 plane, 22 row, 22 column.
PANTHER_HD constexpr std::uint64_t device_item(std::uint64_t layer, std::uint64_t set,
                                               std::uint64_t plane, std::uint64_t row,
                                               std::uint64_t column) {
  return (layer << 54) | (set << 52) | (plane << 44) | (row << 22) | column;
}

PANTHER_HD constexpr std::uint32_t row_of_item(std::uint64_t item) {
  return static_cast<std::uint32_t>(item >> 22) & 0x3FFFFFU;
}
PANTHER_HD constexpr std::uint32_t column_of_item(std::uint64_t item) {
  return static_cast<std::uint32_t>(item) & 0x3FFFFFU;
}

/// Another place in the plane of an item.
PANTHER_HD constexpr std::uint64_t in_plane_of(std::uint64_t item, std::uint32_t row,
                                               std::uint32_t column) {
  return (item >> 44 << 44) | (static_cast<std::uint64_t>(row) << 22) | column;
}

}  // namespace panther
