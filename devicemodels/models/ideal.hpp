// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ideal device: every level step moves the conductance by exactly one level (numerics: v <-
// clip(v + n)). Exact on codes: positions, steps and their sums are integers below 2^24.

#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/law.hpp"
#include "devicemodels/core/window.hpp"

namespace panther {

struct Ideal {
  struct Params {
    static constexpr std::string_view name = "ideal";
    static constexpr std::string_view doc = "every step moves the conductance by exactly one level";
    static constexpr std::array<std::string_view, 1> fitted = {"pulses"};
    template <class Self, class Visitor>
    static void fields(Self&, Visitor&) {}
  };

  struct Constants {
    float codes_per_step;
  };

  static Constants prepare(Params const&, int cell_bits) {
    return {static_cast<float>(codes_per_level(cell_bits))};
  }

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float, float steps,
                                Direction direction) {
    float const slope = direction == Direction::up ? traits.slope_up : -traits.slope_down;
    return k.codes_per_step * (steps * slope);
  }
};

}  // namespace panther
