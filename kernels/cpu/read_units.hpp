// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a read is cut into units of work: a unit is one replica, one group of examples that share the
// packed state, and one panel of sensed lines.

#include <cstdint>

#include "kernels/xbar/read.hpp"

namespace panther {

/// Sensed lines of a panel: one 512-bit vector of codes across columns.
inline constexpr int panel_lines = 32;

/// Digits of one example's inputs that a group may hold, so that a group's digits stay in the L2
/// cache.
inline constexpr int group_digit_bytes = 131072;

/// Driven lines [first, last).
struct LineBand {
  int first;
  int last;

  PANTHER_HD int lines() const { return last - first; }
};

struct ReadUnits {
  int panels;
  int group_examples;  // examples of a group; the last group may be smaller
  int groups;
  int replicas;

  PANTHER_HD std::int64_t count() const {
    return static_cast<std::int64_t>(replicas) * groups * panels;
  }
};

PANTHER_HD ReadUnits read_units(ReadArgs const& args) {
  int const most = args.mode == ReadMode::collapsed ? 16 : 4;
  int const example_bytes = args.driven_lines() * args.stream_steps() * 2;
  int const fitting = larger(1, group_digit_bytes / larger(1, example_bytes));
  int const examples = clamped(args.examples, 1, smaller(most, fitting));
  return {(args.sensed_lines() + panel_lines - 1) / panel_lines, examples,
          (args.examples + examples - 1) / examples, args.shape.replicas};
}

/// Products of one array row in the read of one vector.
PANTHER_HD std::int64_t row_products(ReadArgs const& args) {
  return static_cast<std::int64_t>(args.shape.planes) * args.shape.cols * args.stream_steps();
}

/// Items of so many products each that are worth a thread: some microseconds of work.
PANTHER_HD std::int64_t grain_of(std::int64_t products) {
  return 1 + 100000 / larger(products, std::int64_t{1});
}

/// Units that are worth a thread.
PANTHER_HD std::int64_t read_grain(ReadArgs const& args) {
  std::int64_t const unit_products = static_cast<std::int64_t>(args.shape.planes) *
                                     args.driven_lines() * panel_lines * args.stream_steps() *
                                     read_units(args).group_examples;
  return grain_of(unit_products);
}

}  // namespace panther
