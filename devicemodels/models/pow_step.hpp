// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Power step: steps are a power of the distance to the bound ahead.
//
//   up    w += s_up v^gamma_up,  v = (w_max - w) / (w_max - w_min)
//   down  w -= s_down (1 - v)^gamma_down
// with s_up, s_down = dw_min, one of them shrunk by up_down, and gamma_up, gamma_down = pow_gamma,
// one of them shrunk by pow_up_down in the same way. Source: aihwkit's PowStepDevice, after Fusi
// and Abbott (Nat. Neurosci. 10, 2007) and Frascaroli et al. (Sci. Rep. 8, 2018). Granularity: the
// step at mid-window, dw_min 0.5^pow_gamma. Pulses follow the flow (core/power_pulses.hpp).

#include <cmath>
#include <string_view>

#include "devicemodels/core/power_pulses.hpp"

namespace panther {

struct PowStep : PowerPulses {
  struct Params : PulseSteps {
    static constexpr std::string_view name = "pow_step";
    static constexpr std::string_view doc = "steps are a power of the distance to the bound ahead";
    static constexpr std::array<std::string_view, 6> fitted = {
        "dw_min", "up_down", "pow_gamma", "pow_up_down", "g_min", "g_max"};
    double pow_gamma = 1.0;
    double pow_up_down = 0.0;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PulseSteps::fields(self, visit);
      visit("pow_gamma", self.pow_gamma,
            Field{.unit = "1", .doc = "the power; 0 is a constant step", .lo = 0, .hi = 5});
      visit("pow_up_down", self.pow_up_down,
            Field{.unit = "1",
                  .doc = "asymmetry: positive shrinks the power of the step down by this part, "
                         "negative that of the step up",
                  .lo = -1,
                  .hi = 1});
    }

    double gamma_up() const { return pow_gamma * (1.0 + (pow_up_down < 0.0 ? pow_up_down : 0.0)); }
    double gamma_down() const {
      return pow_gamma * (1.0 - (pow_up_down > 0.0 ? pow_up_down : 0.0));
    }
    double mean_step() const { return dw_min * std::pow(0.5, pow_gamma); }
  };

  static Constants prepare(Params const& params, int cell_bits) {
    return prepare(params, 0.0, cell_bits);
  }

  /// `shift`: added to the weight before it is compared with the bounds.
  static Constants prepare(Params const& params, double shift, int cell_bits) {
    PulseFrame const frame(params, params.mean_step(), cell_bits, shift);
    return {{static_cast<float>(params.step_up() * frame.codes_per_weight),
             static_cast<float>(params.gamma_up())},
            {static_cast<float>(params.step_down() * frame.codes_per_weight),
             static_cast<float>(params.gamma_down())},
            frame.grid};
  }
};

}  // namespace panther
