// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// When pairs of one-sided devices are refreshed (kernels/xbar/refresh.hpp). Thresholds as
// aihwkit's.

#include "host/nn/carry_unit.hpp"

namespace panther {

struct RefreshConfig {
  int every = 0;
  CarryUnit unit = CarryUnit::batches;
  double larger = 0.75;
  double smaller = 0.25;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("every", self.every,
          Field{.doc = "examples or batches between refreshes; 0: never", .lo = 0, .hi = 1e9});
    visit("unit", self.unit, Field{.doc = "what every counts"});
    visit("larger", self.larger,
          Field{.unit = "windows",
                .doc = "a pair is due if its more grown device has passed this",
                .lo = 0,
                .hi = 1});
    visit("smaller", self.smaller,
          Field{.unit = "windows",
                .doc = "and its less grown device this; no more than larger",
                .lo = 0,
                .hi = 1});
  }
};

}  // namespace panther
