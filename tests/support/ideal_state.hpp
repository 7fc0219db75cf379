// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Ideal devices against the naive model of their crossbar: every state is a whole level, and both
// devices of a pair stand for the same one.

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {

/// Reads the levels of a set of a replica into the naive model; every state must be a whole level.
inline ReferenceCrossbar model_of(CrossbarConfig const& config, XbarShape const& shape,
                                  std::vector<std::int16_t> const& codes, int replica, int set) {
  ReferenceCrossbar model(config.slicing, config.rows, config.cols);
  int const pair = config.slicing.encoding == Encoding::differential ? 2 : 1;
  for_each_device(shape, [&](int r, int s, int plane, int row, int col, std::size_t at) {
    if (r != replica || s != set) return;
    int const unit = 1 << (16 - cell_of(config, plane));
    EXPECT_EQ(codes[at] % unit, 0);
    model.level(plane / pair, row, col) = codes[at] / unit;
  });
  return model;
}

inline void expect_state(CrossbarConfig const& config, XbarShape const& shape,
                         std::vector<std::int16_t> const& codes, ReferenceCrossbar const& model,
                         int replica, int set) {
  int const pair = config.slicing.encoding == Encoding::differential ? 2 : 1;
  int wrong = 0;
  for_each_device(shape, [&](int r, int s, int plane, int row, int col, std::size_t at) {
    if (r != replica || s != set) return;
    int const expected = model.level(plane / pair, row, col) * (1 << (16 - cell_of(config, plane)));
    wrong += codes[at] != expected ? 1 : 0;
  });
  EXPECT_EQ(wrong, 0) << "devices of replica " << replica << ", set " << set << " in "
                      << describe(config);
}

/// `counters`: [replica][slice]. `copies`: devices that count each of the model's, over sets and
/// pairs.
inline void expect_counters(std::vector<SliceCounters> const& counters,
                            ReferenceCrossbar const& model, int replica, std::uint64_t copies) {
  std::size_t const slices = model.counters().size();
  for (std::size_t s = 0; s < slices; ++s) {
    SliceCounters const& seen = counters[static_cast<std::size_t>(replica) * slices + s];
    EXPECT_EQ(seen.updates, copies * model.counters()[s].updates) << "slice " << s;
    EXPECT_EQ(seen.steps, copies * model.counters()[s].steps) << "slice " << s;
    EXPECT_EQ(seen.saturations, copies * model.counters()[s].saturations) << "slice " << s;
  }
}

}  // namespace panther::test
