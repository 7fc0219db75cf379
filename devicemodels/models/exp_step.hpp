// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Exponential step: steps fall or grow exponentially with the weight.
//
//   z = 2 a w / (w_max - w_min) + b
//   up    w += s_up max(1 - a_up exp(gamma_up z), 0)
//   down  w -= s_down max(1 - a_down exp(-gamma_down z), 0)
// with s_up, s_down = dw_min, one of them shrunk by up_down. Source: aihwkit's ExpStepDevice.
// Granularity: the step down at w = 0, as there. Pulses follow the flow: with E the exponential
// term at the weight and c its growth per distance travelled, n pulses travel
//   -ln(1 + (1 - E) (exp(-c s n) - 1)) / c.
// One pulse of the flow differs from the published one by the part c s E / 2 of the step at w = 0:
// 0.2 % up and 1.1 % down at the steep ends of ReRamES. A bend scales both
// gammas, up to a growth of 2^20 across the window.

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "devicemodels/core/math.hpp"
#include "devicemodels/core/pulses.hpp"
#include "devicemodels/core/stated.hpp"

namespace panther {

struct ExpStep {
  struct Params : PulseSteps {
    static constexpr std::string_view name = "exp_step";
    static constexpr std::string_view doc = "steps fall or grow exponentially with the weight";
    static constexpr std::array<std::string_view, 6> fitted = {"dw_min", "up_down",  "a_up",
                                                               "a_down", "gamma_up", "gamma_down"};
    // z counts windows from mid-window: the exponential's factor and exponent are of order 1.
    static constexpr std::array<std::string_view, 6> fit_start = {
        "a=0.5", "b=0.0", "a_up=0.2", "a_down=0.2", "gamma_up=1.0", "gamma_down=1.0"};
    double a_up = 0.00081;
    double a_down = 0.36833;
    double gamma_up = 12.44625;
    double gamma_down = 12.78785;
    double a = 0.244;
    double b = 0.2425;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PulseSteps::fields(self, visit);
      visit("a_up", self.a_up,
            Field{.unit = "1", .doc = "factor of the exponential up", .lo = -100, .hi = 1});
      visit("a_down", self.a_down,
            Field{.unit = "1", .doc = "factor of the exponential down", .lo = -100, .hi = 1});
      visit("gamma_up", self.gamma_up, Field{.unit = "1", .doc = "exponent up", .lo = 0, .hi = 20});
      visit("gamma_down", self.gamma_down,
            Field{.unit = "1", .doc = "exponent down", .lo = 0, .hi = 20});
      visit("a", self.a,
            Field{.unit = "1", .doc = "slope of z: 2 a per w_max - w_min", .lo = -1, .hi = 1});
      visit("b", self.b, Field{.unit = "1", .doc = "z at w = 0", .lo = -1, .hi = 1});
    }

    double mean_step() const {
      return step_down() * std::max(1.0 - a_down * std::exp(-gamma_down * b), 1e-3);
    }
  };

  struct Side {
    float step;    // codes of one pulse without the exponential
    float factor;  // of the exponential
    float slope;   // of its exponent of 2, per window travelled
    float offset;  // its exponent of 2 at w = 0
  };

  struct Constants {
    Side up;
    Side down;
    PulseGrid grid;
  };

  /// Doublings of the exponential across the window, more than any published device has; float32
  /// follows no steeper one to its end.
  static constexpr float steepest = 20.0F;

  static Constants prepare(Params const& params, int cell_bits) {
    bool const up = params.gamma_up > params.gamma_down;
    double const steeper = up ? params.gamma_up : params.gamma_down;
    double const exponent = 2.0 * std::abs(params.a) * steeper;
    if (exponent / std::log(2.0) > steepest) {
      throw std::invalid_argument(stated(up ? "gamma_up" : "gamma_down", steeper) + " with " +
                                  stated("a", params.a) + ": 2 |a| gamma is " + shortest(exponent) +
                                  " (must be at most 13.86)");
    }
    PulseFrame const frame(params, params.mean_step(), cell_bits);
    double const scale = frame.codes_per_weight;
    auto const side = [&](double step, double factor, double gamma, double offset) {
      double const slope = 2.0 * params.a * gamma / std::log(2.0);
      return Side{static_cast<float>(step * scale), static_cast<float>(factor),
                  static_cast<float>(std::abs(slope) < 1e-6 ? 0.0 : slope),
                  static_cast<float>(gamma * offset / std::log(2.0))};
    };
    return {side(params.step_up(), params.a_up, params.gamma_up, params.b),
            side(params.step_down(), params.a_down, params.gamma_down, -params.b), frame.grid};
  }

  using Motion = ExpStep;

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float position,
                                float steps, Direction direction) {
    bool const up = direction == Direction::up;
    PulseTravel const travel = travel_of(k.grid, traits, position, up);
    float const step =
        chosen(up, k.up.step, k.down.step) * chosen(up, traits.slope_up, traits.slope_down);
    float const bend = chosen(up, traits.bend_up, traits.bend_down);
    float const offset = chosen(up, k.up.offset, k.down.offset) * bend;
    float const width = larger(travel.width, 1.0F);
    float const across = chosen(up, k.up.slope, k.down.slope) * bend;
    float const growth = clamped(across, -steepest, steepest) / width;  // per code
    float const power = exp2(clamped(fused(growth, travel.position, offset), -60.0F, 60.0F));
    float const term = smaller(chosen(up, k.up.factor, k.down.factor) * power, 1.0F);
    float const pace = 1.0F - term;
    float const undisturbed = k.grid.pulses * steps * step;
    float const exponent = clamped(-growth * undisturbed, -100.0F, 100.0F);
    float const decay = bounded_exp2m1(exponent);
    // 1 + pace * decay; a growing step that leaves the window lets it fall to nothing.
    float const falling = larger(fused(-term, decay, exp2(exponent)), 0x1p-100F);
    float const sum = chosen(decay < 0.0F, falling, fused(pace, decay, 1.0F));
    float const curved = -log2p1(pace * decay, sum) / chosen(growth == 0.0F, 1.0F, growth);
    return directed(travel, chosen(growth == 0.0F, undisturbed * pace, curved), up);
  }
};

}  // namespace panther
