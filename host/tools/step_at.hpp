// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The change of one pulse on a nominal device without noise, as a described row.

#include "devicemodels/core/fields.hpp"

namespace panther {

struct StepAt {
  double conductance = 0.0;
  double up = 0.0;
  double down = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("conductance", self.conductance, Field{.unit = "window", .doc = "before the pulse"});
    visit("up", self.up, Field{.unit = "window", .doc = "change by a pulse up"});
    visit("down", self.down, Field{.unit = "window", .doc = "change by a pulse down"});
  }
};

}  // namespace panther
