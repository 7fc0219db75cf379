// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A second state that pulses move before the weight: progress towards the weight's next step.
//
// Progress lies between -1 and 1, in whole codes of 1 / counter_one, which makes 1 / n whole for n
// up to 10 and many more. A pulse moves it by the device's own step s, whole codes, too; where it
// passes 1 (or -1, downward) it returns to 0 and the weight takes one step. Pulse after pulse, from
// a progress h in the direction of travel, the weight takes its first step with pulse number
//   first = floor((1 - h) / s) + 1,   another one every   each = floor(1 / s) + 1   pulses:
//   n pulses pass k = 1 + floor((n - first) / each) times and leave ((n - first) mod each) s
// or, if n < first, pass never and leave h + n s. What is left of n beyond whole pulses follows as
// a smaller pulse, rounded stochastically to a code.
//
// Exact for whole n: every number is whole, and numerator + divisor of a ratio stay below 2^24,
// where the floor of the rounded ratio is that of the exact one. n closer than 2^-20 n to a whole
// number counts as that; n beyond 2^22, which nearest() still rounds, counts as 2^22.

#include "devicemodels/core/math.hpp"
#include "devicemodels/core/normal.hpp"

namespace panther {

/// Codes of progress 1.
inline constexpr std::int32_t counter_one = 30240;

struct PulseCounter {
  float codes;      // that a pulse of the mean device moves progress by
  float up;         // parts of it that a nominal device takes
  float down;       // likewise
  float spread;     // std of the part that a device takes, up and down alike
  float asymmetry;  // std of what it takes more upward and less downward
  float pulses;     // of a level step
  float worth;      // level steps that one step of the weight stands for
};

/// What a device moves progress by in one pulse. `word` is the device's, frozen.
PANTHER_HD float counter_step(PulseCounter const& k, std::uint32_t word, bool up) {
  NormalPair const own = coarse_normal_pair(word);
  float const more = k.asymmetry * own.second;
  float const part = fused(k.spread, own.first, chosen(up, k.up + more, k.down - more));
  // Steps beyond the whole way pass with every pulse.
  return nearest(clamped(k.codes * part, 0.0F, static_cast<float>(2 * counter_one + 1)));
}

namespace detail {

/// Of numbers >= 0, the divisor >= 1.
PANTHER_HD float floor_of_ratio(float numerator, float divisor) {
  return static_cast<float>(static_cast<std::int32_t>(numerator / divisor));
}

struct PulseNumber {
  float whole;
  float part;
};

PANTHER_HD PulseNumber pulse_number(float pulses) {
  float const bounded = smaller(pulses, 0x1p22F);
  float const close = nearest(bounded);
  float const off = bounded < close ? close - bounded : bounded - close;
  bool const is_whole = off <= close * 0x1p-20F;
  float const below = static_cast<float>(static_cast<std::int32_t>(bounded));
  return {chosen(is_whole, close, below), chosen(is_whole, 0.0F, bounded - below)};
}

}  // namespace detail

struct Counted {
  float progress;  // in the direction of travel
  float passes;    // steps that the weight takes
};

/// `progress` in the direction of travel; `uniform` in (0, 1) rounds stochastically, 0.5 to
/// nearest.
PANTHER_HD Counted counted(float progress, float step, float pulses, float uniform) {
  auto const one = static_cast<float>(counter_one);
  detail::PulseNumber const n = detail::pulse_number(pulses);
  float const divisor = larger(step, 1.0F);
  float const first = detail::floor_of_ratio(one - progress, divisor) + 1.0F;
  float const each = detail::floor_of_ratio(one, divisor) + 1.0F;
  float const beyond = n.whole - first;
  bool const passes = (beyond >= 0.0F) & (step > 0.0F);
  float const rounds = detail::floor_of_ratio(larger(beyond, 0.0F), each);
  float const after = chosen(passes, (beyond - rounds * each) * step, progress + n.whole * step);
  float const rest =
      static_cast<float>(static_cast<std::int32_t>(n.part * step + uniform));  // of a pulse
  float const end = after + smaller(rest, step);
  bool const again = end > one;
  return {chosen(again, 0.0F, end),
          chosen(passes, rounds + 1.0F, 0.0F) + chosen(again, 1.0F, 0.0F)};
}

struct CountedSteps {
  std::int32_t progress;
  float steps;  // level steps that reach the weight
};

/// A device whose progress upward is `progress`, asked for `steps` level steps. `word`: see
/// counter_step(), `uniform`: see counted().
PANTHER_HD CountedSteps counted_steps(PulseCounter const& k, std::uint32_t word,
                                      std::int32_t progress, float steps, bool up, float uniform) {
  auto const upward = static_cast<float>(progress);
  Counted const next =
      counted(chosen(up, upward, -upward), counter_step(k, word, up), k.pulses * steps, uniform);
  return {static_cast<std::int32_t>(chosen(up, next.progress, -next.progress)),
          next.passes * k.worth};
}

}  // namespace panther
