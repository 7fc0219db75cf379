// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Crossbars whose cells have several devices: random ones, and what their codes stand for.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {

/// One set, small: a digit may have eight devices.
inline CrossbarConfig random_compound_crossbar(Random& random) {
  static std::vector<std::pair<int, int>> const shapes = {
      {1, 1}, {1, 17}, {17, 1}, {60, 1}, {3, 63}, {2, 65}, {5, 33}, {1, 130}, {4, 16}};
  CrossbarConfig config = random_crossbar(random);
  std::pair<int, int> const shape = random.pick(shapes);
  config.rows = shape.first;
  config.cols = shape.second;
  config.sets = 1;
  config.slicing = random_compound_slicing(random);
  return config;
}

/// Calls f(replica, row, col).
template <class F>
void for_each_weight(XbarShape const& shape, F&& f) {
  for (int replica = 0; replica < shape.replicas; ++replica) {
    for (int row = 0; row < shape.rows; ++row) {
      for (int col = 0; col < shape.cols; ++col) f(replica, row, col);
    }
  }
}

struct CellPlace {
  int replica;
  int set;
  int slice;
  int row;
  int col;
};

/// The whole level nearest to what a cell's codes stand for, ties to even, within the cell.
inline int level_of(CrossbarConfig const& config, Crossbar const& xbar,
                    std::vector<std::int16_t> const& codes, CellPlace const& at) {
  int const devices = devices_of_cell(config.slicing);
  int const cell = config.slicing.cell_bits_lsb_first[static_cast<std::size_t>(at.slice)];
  i128 sum = 0;
  for (int k = 0; k < devices; ++k) {
    sum += codes[static_cast<std::size_t>(
        xbar.shape().index(at.replica, at.set, at.slice * devices + k, at.row, at.col))];
  }
  int shift = 16 - cell;
  for (int n = divisor_of_cell(config.slicing); n > 1; n /= 2) ++shift;
  int const sides = config.slicing.encoding == Encoding::one_sided ? 2 : 1;
  int const half = sides * (1 << (cell - 1));
  return static_cast<int>(std::clamp<i128>(round_half_even(sum, shift), -half, half - sides));
}

/// The weights of a set, which must be whole.
inline std::vector<std::int32_t> whole_weights(CrossbarConfig const& config, Crossbar const& xbar,
                                               int set = 0) {
  auto const codes = xbar.codes();
  int const unit = exact_unit(config.slicing);
  std::vector<std::int32_t> weights;
  for_each_weight(xbar.shape(), [&](int replica, int i, int j) {
    i128 const exact =
        weight_of_codes(config.slicing, xbar.shape(), codes, replica, set, i, j, unit);
    EXPECT_EQ(exact % (static_cast<i128>(1) << unit), 0) << describe(config);
    weights.push_back(static_cast<std::int32_t>(exact >> unit));
  });
  return weights;
}

/// References at their level, everything else as it is.
inline void keep_references(CrossbarConfig const& config, Crossbar const& xbar,
                            std::vector<std::int16_t>& codes) {
  if (config.slicing.encoding != Encoding::reference) return;
  for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
    if (plane % 2 == 1) codes[at] = 0;
  });
}

/// How far a one-sided device has grown, in codes.
inline int grown(CrossbarConfig const& config, int plane, std::int16_t code) {
  int const stored = code + 32768;
  return plane % 2 == 0 ? stored : 65536 - (1 << (16 - cell_of(config, plane))) - stored;
}

}  // namespace panther::test
