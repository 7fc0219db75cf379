// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The exponential law in double, straight from its closed form (CrossSim's asymmetric analytic
// law).

#include <algorithm>
#include <cmath>

#include "devicemodels/cell.hpp"

namespace panther::test {

struct NonlinearModel {
  double alpha_up;
  double alpha_down;
  int cell_bits;

  double range() const { return ((1 << cell_bits) - 1) * std::exp2(16 - cell_bits); }

  /// Position, in codes above the lowest conductance, after `steps` level steps; bounds not
  /// applied.
  double target(Traits const& traits, double position, double steps, bool up) const {
    double const low = traits.low;
    double const width = static_cast<double>(traits.high) - low;
    if (width == 0.0) return position;
    double const alpha = up ? alpha_up * traits.bend_up : alpha_down * traits.bend_down;
    double const requested =
        steps * (up ? traits.slope_up : traits.slope_down) / ((1 << cell_bits) - 1);
    double const x = (position - low) / width;
    double change = requested;
    if (alpha != 0.0) {
      double const asymptote = 1.0 / -std::expm1(-alpha);
      double const distance = up ? asymptote - x : x - (1.0 - asymptote);
      change = distance * -std::expm1(-alpha * requested);
    }
    return low + width * (up ? x + change : x - change);
  }

  double moved(Traits const& traits, double position, double steps, bool up) const {
    return std::clamp<double>(target(traits, position, steps, up), traits.low, traits.high);
  }
};

}  // namespace panther::test
