// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Soft bounds: steps shrink in proportion to the distance from the device's own bound ahead.
//
//   up    w += s_up (1 - w / w_max)        down  w -= s_down (1 - w / w_min)
// with s_up, s_down = dw_min, one of them shrunk by up_down. Source: aihwkit's SoftBoundsDevice.
// One pulse is the published one exactly (core/linear_pulses.hpp). A device of larger bend has its
// soft bound nearer, at w_max / bend.

#include <string_view>

#include "devicemodels/core/linear_pulses.hpp"

namespace panther {

struct SoftBounds : LinearPulses {
  struct Params : PulseSteps {
    static constexpr std::string_view name = "soft_bounds";
    static constexpr std::string_view doc =
        "steps shrink linearly to nothing at the bound they approach";
    static constexpr std::array<std::string_view, 4> fitted = {"dw_min", "up_down", "g_min",
                                                               "g_max"};
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PulseSteps::fields(self, visit);
    }
  };

  static Constants prepare(Params const& params, int cell_bits) {
    PulseFrame const frame(params, params.dw_min, cell_bits);
    return {{static_cast<float>(params.step_up() * frame.codes_per_weight), 1.0F, 0.0F},
            {static_cast<float>(params.step_down() * frame.codes_per_weight), 1.0F, 0.0F},
            frame.grid};
  }
};

}  // namespace panther
