// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Constant step: every pulse moves the weight alike, up to hard bounds.
//
//   up    w += s_up        down  w -= s_down
// with s_up, s_down = dw_min, one of them shrunk by up_down. Source: aihwkit's ConstantStepDevice.
// One pulse is the published one exactly. A bend changes nothing.

#include <string_view>

#include "devicemodels/core/linear_pulses.hpp"

namespace panther {

struct ConstantStep : LinearPulses {
  struct Params : PulseSteps {
    static constexpr std::string_view name = "constant_step";
    static constexpr std::string_view doc = "every pulse moves the weight alike";
    static constexpr std::array<std::string_view, 2> fitted = {"dw_min", "up_down"};
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PulseSteps::fields(self, visit);
    }
  };

  static Constants prepare(Params const& params, int cell_bits) {
    PulseFrame const frame(params, params.dw_min, cell_bits);
    return {{static_cast<float>(params.step_up() * frame.codes_per_weight), 0.0F, 0.0F},
            {static_cast<float>(params.step_down() * frame.codes_per_weight), 0.0F, 0.0F},
            frame.grid};
  }
};

}  // namespace panther
