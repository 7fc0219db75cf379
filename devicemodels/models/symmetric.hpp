// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The symmetric analytic law: steps are largest in the middle of the window and shrink alike toward
// both ends; steps down retrace steps up.
//
// CrossSim's symmetric analytic law. With x the position in the window (0..1), d the requested
// change as a fraction of the window (a level step asks for 1/levels), A = (e^alpha + 1) /
// (e^alpha - 1), B = -1 / (e^alpha - 1) and r = (x - B) / A, its
//   x' = A / (1 + exp(-2 alpha d) (A / (x - B) - 1)) + B
// is, with E = exp(2 alpha d), the change
//   A r (1 - r) (E - 1) / (1 + r (E - 1)).
// Down is the same with 1 - x. alpha = 0 is linear. Requests compose, and d = 1 leads from end to
// end. Deviation: none without spread. With a spread window, d stays a fraction of the device's own
// window; a bend scales alpha.

#include <cmath>
#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/law.hpp"
#include "devicemodels/core/math.hpp"
#include "devicemodels/core/window.hpp"

namespace panther {

struct Symmetric {
  struct Params {
    static constexpr std::string_view name = "symmetric";
    static constexpr std::string_view doc =
        "steps are largest at mid-window; steps down retrace steps up";
    double alpha_up = 0.0;
    double alpha_down = 0.0;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      visit("alpha_up", self.alpha_up,
            Field{.unit = "1",
                  .doc = "nonlinearity of potentiation (CrossSim's alpha); 0 is linear",
                  .lo = 0,
                  .hi = 20});
      visit("alpha_down", self.alpha_down,
            Field{.unit = "1",
                  .doc = "nonlinearity of depression; equal to alpha_up in CrossSim",
                  .lo = 0,
                  .hi = 20});
    }
  };

  struct Constants {
    float alpha_up;  // 0: linear
    float alpha_down;
    float range;    // codes of the nominal window
    float request;  // of one level step, in windows
  };

  /// Below it a curve is a straight line to float32.
  static constexpr float least_alpha = 1e-4F;

  static Constants prepare(Params const& params, int cell_bits) {
    return {static_cast<float>(params.alpha_up), static_cast<float>(params.alpha_down),
            static_cast<float>(window_range(cell_bits)),
            static_cast<float>(1.0 / levels_in_window(cell_bits))};
  }

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float position,
                                float steps, Direction direction) {
    bool const up = direction == Direction::up;
    float const slope = chosen(up, traits.slope_up, traits.slope_down);
    float const bend = chosen(up, traits.bend_up, traits.bend_down);
    float const width = traits.high - traits.low;
    float const travelled = chosen(up, position - traits.low, traits.high - position);
    float const alpha = smaller(chosen(up, k.alpha_up, k.alpha_down) * bend, 40.0F);
    bool const curved = alpha >= least_alpha;
    float const bent = chosen(curved, alpha, 1.0F) * 1.44269504F;
    float const rise = exp2m1(bent);           // e^alpha - 1
    float const least = 1.0F / (2.0F + rise);  // r at the end behind
    float const span = rise * least;           // 1 / A
    float const x = travelled / larger(width, 1.0F);
    float const request = steps * slope * k.request;
    float const growth = exp2m1(smaller(2.0F * bent * request, 100.0F));
    float const r = fused(x, span, least);
    float const rest = fused(1.0F - x, span, least);  // 1 - r
    float const change = r * larger(rest, 0.0F) * growth / (span * fused(r, growth, 1.0F));
    float const distance = width * chosen(curved, change, request);
    // Outside its own bounds a device may be asked for more than float32 holds; a comparison with
    // what is no number takes the limit.
    float const finite = smaller(1e30F, larger(-1e30F, distance));
    return chosen(up, finite, -finite);
  }
};

}  // namespace panther
