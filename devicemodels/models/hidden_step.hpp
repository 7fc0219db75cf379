// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Hidden step: pulses move a hidden state h; where |h| passes 1, it returns to 0 and the weight
// takes one constant step.
//
//   h += s_h up, h -= s_h down      |h| > 1: h = 0, w += N dw_min up, w -= N dw_min down
//   s_h = (1 + hidden_dtod xi1 +- hidden_up_down_dtod xi2) / N of a device, + up, - down
// with N = hidden_states and one direction of s_h shrunk by hidden_up_down, one of the weight's by
// up_down. Source: aihwkit's HiddenStepRPUDevice. core/pulse_counter.hpp says how n pulses add up:
// whole pulses are the published ones exactly, s_h in whole codes of 1/30240. A nominal device
// takes N + 1 pulses for a step of N dw_min: N of them reach 1 and do not pass it.
//
// Write noise is of the steps that the weight takes. Kinds that know pulses count each as one if
// write_noise.c2c_pulses is the window in steps of N granularities.
//
// Deviations: a pulse is taken for a change of dw_min, the mean of N pulses, where aihwkit takes it
// for N dw_min (granularity = N dw_min does); h has no noise of its own; a device's s_h never turns
// around. Writes that are ideal set the weight and leave h; programming starts with h = 0; time and
// wear act on the weight alone.

#include <string_view>

#include "devicemodels/core/linear_pulses.hpp"

namespace panther {

struct HiddenStep : LinearPulses {
  using Motion = HiddenStep;

  struct Params : PulseSteps {
    static constexpr std::string_view name = "hidden_step";
    static constexpr std::string_view doc =
        "pulses move a hidden state, which moves the weight where it passes 1";
    double hidden_states = 2.0;
    double hidden_up_down = 0.0;
    double hidden_dtod = 0.3;
    double hidden_up_down_dtod = 0.01;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PulseSteps::fields(self, visit);
      visit("hidden_states", self.hidden_states,
            Field{.unit = "pulses",
                  .doc = "pulses that bring the hidden state from 0 to 1, where the weight takes "
                         "that many dw_min at once",
                  .lo = 1,
                  .hi = 1000});
      visit("hidden_up_down", self.hidden_up_down,
            Field{.unit = "1",
                  .doc = "asymmetry of the hidden state's step: positive shrinks the step down by "
                         "this part, negative the step up",
                  .lo = -1,
                  .hi = 1});
      visit("hidden_dtod", self.hidden_dtod,
            Field{.unit = "1",
                  .doc = "relative std between devices of the hidden state's step",
                  .lo = 0,
                  .hi = 2});
      visit("hidden_up_down_dtod", self.hidden_up_down_dtod,
            Field{.unit = "1",
                  .doc = "std between devices of what the hidden state's step up has more, its "
                         "step down less, relative to the step",
                  .lo = 0,
                  .hi = 2});
    }
  };

  struct Constants : LinearPulses::Constants {
    PulseCounter counter;
  };

  static Constants prepare(Params const& params, int cell_bits) {
    PulseFrame const frame(params, params.dw_min, cell_bits);
    double const bias = params.hidden_up_down;
    LinearPulses::Constants const motion{
        {static_cast<float>(params.step_up() * frame.codes_per_weight), 0.0F, 0.0F},
        {static_cast<float>(params.step_down() * frame.codes_per_weight), 0.0F, 0.0F},
        frame.grid};
    return {motion,
            {.codes = static_cast<float>(counter_one / params.hidden_states),
             .up = static_cast<float>(1.0 + (bias < 0.0 ? bias : 0.0)),
             .down = static_cast<float>(1.0 - (bias > 0.0 ? bias : 0.0)),
             .spread = static_cast<float>(params.hidden_dtod),
             .asymmetry = static_cast<float>(params.hidden_up_down_dtod),
             .pulses = frame.grid.pulses,
             .worth = static_cast<float>(params.hidden_states / frame.grid.pulses)}};
  }
};

}  // namespace panther
