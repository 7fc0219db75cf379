// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Soft bounds given by a pulse train: p_max pulses lead from range_min to range_max.
//
// With B = (range_max - range_min) / (1 - exp(-alpha p_max)), p pulses from an end lead along
//   up    w = range_min + B (1 - exp(-alpha p))
//   down  w = range_max - B (1 - exp(-alpha p))
// Source: the curves of aihwkit's SoftBoundsPmaxDevice. Deviation: aihwkit replaces them by soft
// bounds with w_min = range_min, w_max = range_min + B, dw_min = B alpha and up_down =
// 1 + 2 range_min / B, whose step up is too large by the part -range_min / w_max; here the curves
// themselves hold. The hard bounds are range_min and range_max; granularity is B alpha, as there. A
// device of larger bend approaches an asymptote that is nearer to mid-range.

#include <cmath>
#include <stdexcept>
#include <string_view>

#include "devicemodels/core/linear_pulses.hpp"

namespace panther {

struct SoftBoundsPmax : LinearPulses {
  struct Params : PulseWindow {
    static constexpr std::string_view name = "soft_bounds_pmax";
    static constexpr std::string_view doc =
        "soft bounds given by the number of pulses from end to end";
    static constexpr std::array<std::string_view, 2> fitted = {"p_max", "alpha"};
    double p_max = 1000.0;
    double alpha = 0.0005;
    double range_min = -1.0;
    double range_max = 1.0;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      visit(
          "p_max", self.p_max,
          Field{.unit = "pulses", .doc = "pulses from range_min to range_max", .lo = 1, .hi = 1e7});
      visit("alpha", self.alpha,
            Field{.unit = "1/pulse",
                  .doc = "part of the distance to its asymptote that a pulse covers",
                  .lo = 1e-9,
                  .hi = 10});
      visit("range_min", self.range_min,
            Field{.unit = "weight", .doc = "weight before p_max pulses up", .lo = -10, .hi = 0});
      visit("range_max", self.range_max,
            Field{.unit = "weight", .doc = "weight after p_max pulses up", .lo = 0.01, .hi = 10});
      PulseWindow::fields(self, visit);
    }

    double amplitude() const { return (range_max - range_min) / -std::expm1(-alpha * p_max); }
  };

  static Constants prepare(Params const& params, int cell_bits) {
    check_window(params, params.range_min, params.range_max, 0.0, {"range_min", "range_max"});
    double const amplitude = params.amplitude();
    // Weights count from mid-range, so that both directions have their asymptotes ahead.
    double const middle = 0.5 * (params.range_min + params.range_max);
    PulseWindow window = params;
    if (window.window_min) *window.window_min -= middle;
    if (window.window_max) *window.window_max -= middle;
    double const half = params.range_max - middle;
    PulseFrame const frame(window, -half, half, amplitude * params.alpha, cell_bits);
    double const asymptote = (amplitude - half) * frame.codes_per_weight;
    Side const side{static_cast<float>(asymptote * -std::expm1(-params.alpha)), 1.0F,
                    static_cast<float>(asymptote)};
    return {side, side, frame.grid};
  }
};

}  // namespace panther
