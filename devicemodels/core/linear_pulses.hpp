// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pulses whose step is linear in the weight: the motion of the constant, linear and soft-bounds
// laws.
//
// In the direction of travel, with w counted in that direction, one pulse is
//   w += s (1 - gamma w / reference),
// and n pulses one after the other, h = s gamma / reference,
//   w += (1 - gamma w / reference) (1 - (1 - h)^n) reference / gamma.
// Exact for whole n; h > 1 - 2^-24 counts as that: it reaches in one pulse where it would
// overshoot. A growing step (h < 0) is capped 2^100 times beyond the window.

#include "devicemodels/core/math.hpp"
#include "devicemodels/core/pulses.hpp"

namespace panther {

struct LinearPulses {
  using Motion = LinearPulses;

  struct Side {
    float step;       // codes of one pulse at w = 0
    float gamma;      // 0: every step alike
    float reference;  // codes, signed in the direction of travel; 0: the device's own bound
  };

  struct Constants {
    Side up;
    Side down;
    PulseGrid grid;
  };

  PANTHER_HD static float moved(Constants const& k, Traits const& traits, float position,
                                float steps, Direction direction) {
    bool const up = direction == Direction::up;
    PulseTravel const travel = travel_of(k.grid, traits, position, up);
    float const step =
        chosen(up, k.up.step, k.down.step) * chosen(up, traits.slope_up, traits.slope_down);
    float const gamma =
        chosen(up, k.up.gamma, k.down.gamma) * chosen(up, traits.bend_up, traits.bend_down);
    float const given = chosen(up, k.up.reference, k.down.reference);
    // A bound on the wrong side of zero bends nothing.
    float const reference = chosen(given == 0.0F, larger(travel.bound, 0.0F), given);
    float const bend = chosen(reference == 0.0F, 0.0F, gamma);
    float const fall = bend / chosen(bend == 0.0F, 1.0F, reference);  // of the step, per code
    float const pulses = k.grid.pulses * steps;
    float const exponent = clamped(pulses * log2p1(-(step * fall)), -126.0F, 100.0F);
    float const curved = -bounded_exp2m1(exponent) / chosen(bend == 0.0F, 1.0F, fall);
    float const reach = chosen(bend == 0.0F, step * pulses, curved);
    return directed(travel, larger(fused(-fall, travel.position, 1.0F), 0.0F) * reach, up);
  }
};

}  // namespace panther
