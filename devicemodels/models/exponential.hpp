// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The exponential (asymmetric) law: the distance to an asymptote beyond the window decays
// exponentially.
//
// CrossSim's asymmetric analytic law, NeuroSim's conductance curve and the PANTHER authors'
// functional model are this one family. With x the position in the window (0..1), d the requested
// change as a fraction of the window, w0 = 1 / (1 - exp(-alpha)):
//   up    x += (w0 - x) * (1 - exp(-alpha_up * d))
//   down  x -= (x - 1 + w0) * (1 - exp(-alpha_down * d))
// alpha > 0: large steps first, shrinking toward the bound; alpha < 0: the reverse; alpha = 0:
// linear, exact. NeuroSim's label NL gives |alpha| = 1 / A, where A solves
//   1/c - A + A ln(A c) = 0.07 sqrt(2) |NL|,  c = 1 - exp(-1/A)
// (the label is the largest perpendicular distance of the normalised curve from the straight line
// in units of 0.07). NeuroSim draws depression with the same curve as potentiation, run backwards,
// so a negative LTD label is the asymmetric device (alpha_down > 0) and a positive one retraces the
// LTP curve (alpha_down < 0).
//
// With pulses_up or pulses_down, P, a request is carried out by whole pulses as NeuroSim's:
//   n = floor(|d| P + 1/2),  d <- n / P,
// so that requests below 1 / (2 P) of the window do nothing. A level step asks for 1 / levels: with
// P = levels every step is a pulse. The request is rounded, not what a device's slope makes of it.
//
// Without that rounding steps compose: n1 then n2 steps in one direction equal n1 + n2 (the
// semigroup property). Deviation from CrossSim: none without spread. With a spread window, d stays
// a fraction of the device's own window, so a device of a smaller window also takes smaller steps.

#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/law.hpp"
#include "devicemodels/core/math.hpp"
#include "devicemodels/core/stated.hpp"
#include "devicemodels/core/window.hpp"

namespace panther {

/// |alpha| of a NeuroSim nonlinearity label; 0 for label 0. Solved by bisection to double
/// precision. Throws std::invalid_argument for |label| > 9 (NeuroSim's own limit).
inline double alpha_of_label(double label) {
  double const target = 0.07 * std::sqrt(2.0) * std::abs(label);
  if (!(std::abs(label) <= 9.0))
    throw std::invalid_argument(stated("nonlinearity label", label) + " (must lie in [-9, 9])");
  if (label == 0.0) return 0.0;
  auto const distance = [](double alpha) {
    double const a = 1.0 / alpha;
    double const c = -std::expm1(-alpha);
    return 1.0 / c - a + a * std::log(a * c);
  };
  double low = 1e-6;  // distance(alpha) ~ alpha / 8 for small alpha
  double high = 200.0;
  for (int i = 0; i < 200; ++i) {
    double const middle = 0.5 * (low + high);
    (distance(middle) < target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

struct Exponential {
  struct Params {
    static constexpr std::string_view name = "exponential";
    static constexpr std::string_view doc =
        "steps shrink exponentially toward the bound they approach";
    static constexpr std::array<std::string_view, 3> fitted = {"pulses", "alpha_up", "alpha_down"};
    double alpha_up = 0.0;
    double alpha_down = 0.0;
    std::optional<double> label_up;
    std::optional<double> label_down;
    std::optional<int> pulses_up;
    std::optional<int> pulses_down;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      visit("alpha_up", self.alpha_up,
            Field{.unit = "1",
                  .doc = "nonlinearity of potentiation (CrossSim's alpha); 0 is linear",
                  .lo = -20,
                  .hi = 20});
      visit("alpha_down", self.alpha_down,
            Field{.unit = "1",
                  .doc = "nonlinearity of depression; positive is the asymmetric device",
                  .lo = -20,
                  .hi = 20});
      visit("label_up", self.label_up,
            Field{.unit = "NeuroSim label",
                  .doc = "nonlinearity label of LTP, instead of alpha_up",
                  .lo = -9,
                  .hi = 9});
      visit("label_down", self.label_down,
            Field{.unit = "NeuroSim label",
                  .doc = "nonlinearity label of LTD, instead of alpha_down; negative is the "
                         "asymmetric device",
                  .lo = -9,
                  .hi = 9});
      visit("pulses_up", self.pulses_up,
            Field{.unit = "pulses",
                  .doc = "whole LTP pulses across the window (NeuroSim's P), to which requests are "
                         "rounded; off: any part of a pulse",
                  .lo = 1,
                  .hi = 1e6});
      visit("pulses_down", self.pulses_down,
            Field{.unit = "pulses", .doc = "the same for LTD", .lo = 1, .hi = 1e6});
    }

    /// The two alphas that apply. Throws std::invalid_argument if a label and an alpha are both
    /// given.
    double resolved_up() const { return resolved(alpha_up, label_up, 1.0, "up"); }
    double resolved_down() const { return resolved(alpha_down, label_down, -1.0, "down"); }

   private:
    static double resolved(double alpha, std::optional<double> label, double sign,
                           char const* side) {
      if (!label) return alpha;
      if (alpha != 0.0) {
        throw std::invalid_argument(stated(std::string("alpha_") + side, alpha) + " with " +
                                    stated(std::string("label_") + side, label) +
                                    " (must be 0: give one of them)");
      }
      double const magnitude = alpha_of_label(*label);
      return *label * sign < 0.0 ? -magnitude : magnitude;
    }
  };

  struct Branch {
    float rate;       // -alpha * log2(e) / levels in the window: exponent of one step
    float alpha;      // 0: linear
    float asymptote;  // w0 in codes, from the bound that the branch starts at
    float linear;     // codes per level if alpha is 0, otherwise 0
    float pulses;     // of one step, if requests are rounded to whole ones, otherwise 0
    float pulse;      // in steps
  };

  struct Constants {
    Branch up;
    Branch down;
    float range;  // codes of the nominal window
  };

  /// Exponents of 2 that a growing branch (alpha < 0) reaches far outside the window; capped, so
  /// that float32 holds every change.
  static constexpr float largest_exponent = 100.0F;
  /// A branch of alpha > 0 has arrived long before it.
  static constexpr float least_exponent = -126.0F;
  /// Below it a curve is a straight line to float32 and its asymptote is out of reach.
  static constexpr double least_alpha = 1e-7;

  static Branch branch(double alpha, std::optional<int> pulses, int cell_bits) {
    if (std::abs(alpha) < least_alpha) alpha = 0.0;
    double const range = window_range(cell_bits);
    double const asymptote = alpha == 0.0 ? 0.0 : range / -std::expm1(-alpha);
    return {
        static_cast<float>(-alpha / std::log(2.0) / levels_in_window(cell_bits)),
        static_cast<float>(alpha),
        static_cast<float>(asymptote),
        alpha == 0.0 ? static_cast<float>(codes_per_level(cell_bits)) : 0.0F,
        static_cast<float>(static_cast<double>(pulses.value_or(0)) / levels_in_window(cell_bits)),
        static_cast<float>(static_cast<double>(levels_in_window(cell_bits)) / pulses.value_or(1))};
  }

  static Constants prepare(Params const& params, int cell_bits) {
    return {branch(params.resolved_up(), params.pulses_up, cell_bits),
            branch(params.resolved_down(), params.pulses_down, cell_bits),
            static_cast<float>(window_range(cell_bits))};
  }

  /// Asymptote of a device whose nonlinearity is `bend` times the nominal one, in codes of the
  /// nominal window.
  PANTHER_HD static float bent_asymptote(float alpha, float range) {
    return range / -exp2m1(-1.44269504F * alpha);
  }

  /// The steps that whole pulses carry out of a request.
  PANTHER_HD static float carried_out(Constants const& k, float steps, Direction direction) {
    bool const up = direction == Direction::up;
    float const pulses = chosen(up, k.up.pulses, k.down.pulses);
    auto const whole = static_cast<std::int32_t>(fused(steps, pulses, 0.5F));
    float const rounded = static_cast<float>(whole) * chosen(up, k.up.pulse, k.down.pulse);
    return chosen(pulses == 0.0F, steps, rounded);
  }

  /// Part of the way to the asymptote that the steps cover; on a linear branch the steps.
  PANTHER_HD static float reach(Constants const& k, Traits const& traits, float steps,
                                Direction direction) {
    bool const up = direction == Direction::up;
    float const rate = chosen(up, k.up.rate, k.down.rate);
    float const slope = chosen(up, traits.slope_up, traits.slope_down);
    float const bend = chosen(up, traits.bend_up, traits.bend_down);
    float const taken = carried_out(k, steps, direction) * slope;
    float const exponent = (rate * bend) * taken;
    float const part = -bounded_exp2m1(clamped(exponent, least_exponent, largest_exponent));
    return chosen(chosen(up, k.up.alpha, k.down.alpha) == 0.0F, taken, part);
  }

  PANTHER_HD static float moved_by(Constants const& k, Traits const& traits, float position, float,
                                   Direction direction, float reach) {
    bool const up = direction == Direction::up;
    float const alpha = chosen(up, k.up.alpha, k.down.alpha);
    float const bend = chosen(up, traits.bend_up, traits.bend_down);
    float const share = (traits.high - traits.low) / k.range;
    float const travelled = chosen(up, position - traits.low, traits.high - position);
    float const nominal = chosen(up, k.up.asymptote, k.down.asymptote);
    float const asymptote = chosen(bend == 1.0F, nominal, bent_asymptote(alpha * bend, k.range));
    // A linear branch has no asymptote, even where alpha * bend = 0 makes its bent one infinite.
    float const linear = share * chosen(up, k.up.linear, k.down.linear);
    float const ahead = chosen(alpha == 0.0F, linear, fused(share, asymptote, -travelled));
    float const change = ahead * reach;
    return chosen(up, change, -change);
  }

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float position,
                                float steps, Direction direction) {
    return moved_by(k, traits, position, steps, direction, reach(k, traits, steps, direction));
  }
};

}  // namespace panther
