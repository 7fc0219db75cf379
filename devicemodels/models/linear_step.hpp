// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Linear step: steps shrink or grow linearly with the weight.
//
//   up    w += s_up (1 - gamma_up w / w_max)      down  w -= s_down (1 - gamma_down w / w_min)
// with s_up, s_down = dw_min, one of them shrunk by up_down. Reversed, a direction refers to the
// bound behind: w_min - reverse_offset for up, w_max + reverse_offset for down, so that its steps
// grow. Source: aihwkit's LinearStepDevice. One pulse is the published one exactly
// (core/linear_pulses.hpp); whether its noise is multiplicative or additive is a matter of
// write_noise. The bounds of the formula are the nominal ones, or with own_bounds each device's. A
// bend scales gamma. Deviation: where gamma > 1 turns a step around, the device rests.

#include <string_view>

#include "devicemodels/core/linear_pulses.hpp"

namespace panther {

struct LinearStep : LinearPulses {
  struct Params : PulseSteps {
    static constexpr std::string_view name = "linear_step";
    static constexpr std::string_view doc = "steps shrink or grow linearly with the weight";
    static constexpr std::array<std::string_view, 4> fitted = {"dw_min", "up_down", "gamma_up",
                                                               "gamma_down"};
    double gamma_up = 0.0;
    double gamma_down = 0.0;
    bool own_bounds = false;
    bool reverse_up = false;
    bool reverse_down = false;
    double reverse_offset = 0.01;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PulseSteps::fields(self, visit);
      visit("gamma_up", self.gamma_up,
            Field{.unit = "1",
                  .doc = "how much less than at w = 0 a step up is at the upper bound; negative: "
                         "more",
                  .lo = -10,
                  .hi = 10});
      visit("gamma_down", self.gamma_down,
            Field{.unit = "1",
                  .doc = "how much less than at w = 0 a step down is at the lower bound; negative: "
                         "more",
                  .lo = -10,
                  .hi = 10});
      visit("own_bounds", self.own_bounds,
            Field{.doc = "gammas refer to each device's own bounds, not to the nominal ones"});
      visit("reverse_up", self.reverse_up,
            Field{.doc = "gamma_up refers to the lower bound: steps up grow with the weight"});
      visit("reverse_down", self.reverse_down,
            Field{.doc = "gamma_down refers to the upper bound: steps down grow as the weight "
                         "falls"});
      visit("reverse_offset", self.reverse_offset,
            Field{.unit = "weight",
                  .doc = "distance of a reversed reference beyond its bound",
                  .lo = 1e-6,
                  .hi = 10});
    }
  };

  /// `ahead`, `behind`: distances of the bounds from w = 0. A bound at w = 0 bends no step.
  static Side side(Params const& params, bool reversed, double step, double gamma, double ahead,
                   double behind, double codes_per_weight) {
    double const reference = reversed ? -(behind + params.reverse_offset) : ahead;
    bool const own = params.own_bounds && !reversed;
    return {static_cast<float>(step * codes_per_weight),
            static_cast<float>(!own && reference == 0.0 ? 0.0 : gamma),
            static_cast<float>(own ? 0.0 : reference * codes_per_weight)};
  }

  static Constants prepare(Params const& params, int cell_bits) {
    PulseFrame const frame(params, params.dw_min, cell_bits);
    double const scale = frame.codes_per_weight;
    return {side(params, params.reverse_up, params.step_up(), params.gamma_up, params.w_max,
                 -params.w_min, scale),
            side(params, params.reverse_down, params.step_down(), params.gamma_down, -params.w_min,
                 params.w_max, scale),
            frame.grid};
  }
};

}  // namespace panther
