// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pulses whose step is a power of the distance to the bound ahead: the motion of the power-step
// laws.
//
// With v the distance to the bound ahead as a part of the device's window, one pulse is
//   v -= r v^gamma,  r = s / (w_max - w_min),
// and the flow of n pulses, g = 1 - gamma,
//   v -> v (1 - g n r v^(-g))^(1 / g),  for g = 0: v exp(-n r).
// One pulse of the flow is smaller than the published one by the part gamma r v^(gamma - 1) / 2.

#include "devicemodels/core/math.hpp"
#include "devicemodels/core/pulses.hpp"

namespace panther {

struct PowerPulses {
  using Motion = PowerPulses;

  struct Side {
    float step;   // codes of one pulse at v = 1
    float gamma;  // >= 0
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
    float const g = 1.0F - gamma;
    // Below a code a window is none, and from half a code no step is left to take.
    float const width = larger(travel.width, 1.0F);
    float const ahead = larger(travel.bound - travel.position, 0.0F);
    float const part = larger(ahead, 0.5F) / width;
    float const power = exp2(clamped(-g * log2(part), -60.0F, 60.0F));  // v^-g
    float const taken = k.grid.pulses * steps * (step / width) * power;
    bool const curved = g > 1e-6F || g < -1e-6F;
    float const exponent = log2p1(-g * taken) / chosen(curved, g, 1.0F);
    float const left = exp2m1(chosen(curved, exponent, -1.44269504F * taken));
    return directed(travel, -ahead * smaller(left, 0.0F), up);
  }
};

}  // namespace panther
