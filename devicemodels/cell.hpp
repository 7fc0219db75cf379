// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The physics of one device under the contract that all laws share: frozen traits, a noisy move,
// rounding. The CPU's vector loops and the GPU's threads inline these same functions.

#include "devicemodels/core/law.hpp"
#include "devicemodels/core/normal.hpp"
#include "devicemodels/core/philox.hpp"
#include "devicemodels/core/window.hpp"
#include "devicemodels/device.hpp"

namespace panther {

/// Frozen normal draws of one device, quantised to 1/32 of a standard deviation so that a stored
/// byte and a regenerated draw are the same number. |value| <= 127/32. Words, not bytes: vector
/// loops keep them in 32-bit lanes.
struct TraitDraws {
  std::int32_t slope_up;
  std::int32_t slope_down;
  std::int32_t bend_up;
  std::int32_t bend_down;
  std::int32_t low;    // stuck_mark: stuck at G_min
  std::int32_t high;   // stuck_mark: stuck at G_max
  std::int32_t table;  // of the law, as a stored byte has it
};

inline constexpr std::int32_t stuck_mark = -128;

PANTHER_HD std::int32_t quantised_draw(float normal) {
  return static_cast<std::int32_t>(nearest(clamped(normal * 32.0F, -127.0F, 127.0F)));
}

/// Which of `tables` tables a device follows: equally likely but for 1 / 65536.
PANTHER_HD std::int32_t table_draw(std::uint32_t tables, std::uint32_t word) {
  return static_cast<std::int32_t>(((word & 0xFFFFU) * tables) >> 16);
}

PANTHER_HD float draw_value(std::int32_t quantised) {
  return static_cast<float>(quantised) * 0x1p-5F;
}

/// All frozen draws of a device from its four random words (Stream::device_variation).
PANTHER_HD TraitDraws trait_draws(DeviceConstants const& k, std::uint32_t w0, std::uint32_t w1,
                                  std::uint32_t w2, std::uint32_t w3) {
  NormalPair const slope = coarse_normal_pair(w0);
  NormalPair const bend = coarse_normal_pair(w1);
  NormalPair const bound = coarse_normal_pair(w2);
  bool const stuck_low = w3 < k.stuck_low_below;
  bool const stuck_high = !stuck_low & (w3 < k.stuck_high_below);
  float const paired =
      fused(k.slope_correlation, slope.first, k.slope_decorrelation * slope.second);
  return {quantised_draw(slope.first),
          quantised_draw(paired),
          quantised_draw(bend.first),
          quantised_draw(bend.second),
          chosen(stuck_low, stuck_mark, quantised_draw(bound.first)),
          chosen(stuck_high, stuck_mark, quantised_draw(bound.second)),
          table_draw(k.tables, w3)};
}

/// A slope can fall to zero, never below; a bend keeps its sign.
PANTHER_HD float slope_of(float spread, std::int32_t draw) {
  return larger(fused(spread, draw_value(draw), 1.0F), 0.0F);
}
PANTHER_HD float bend_of(float spread, std::int32_t draw) {
  return larger(fused(spread, draw_value(draw), 1.0F), 0.05F);
}

struct Bounds {
  float low;
  float high;
};

/// Reachable positions of a device whose nominal window is [0, range]. Ends that cross meet in
/// their middle (a dead device).
PANTHER_HD Bounds bounds_of(DeviceConstants const& k, float range, std::int32_t low_draw,
                            std::int32_t high_draw) {
  float const reach = k.window_spread * range;
  float const low = clamped(reach * draw_value(low_draw), 0.0F, range);
  float const high = clamped(fused(reach, draw_value(high_draw), range), 0.0F, range);
  float const middle = 0.5F * (low + high);
  float const free_low = chosen(low > high, middle, low);
  float const free_high = chosen(low > high, middle, high);
  bool const stuck_high = high_draw == stuck_mark;
  bool const stuck_low = low_draw == stuck_mark;
  return {chosen(stuck_low, 0.0F, chosen(stuck_high, range, free_low)),
          chosen(stuck_low, 0.0F, chosen(stuck_high, range, free_high))};
}

PANTHER_HD Traits traits_of(DeviceConstants const& k, float range, TraitDraws const& draws) {
  Bounds const bounds = bounds_of(k, range, draws.low, draws.high);
  return {slope_of(k.slope_spread, draws.slope_up),
          slope_of(k.slope_spread, draws.slope_down),
          bend_of(k.nonlinearity_spread, draws.bend_up),
          bend_of(k.nonlinearity_spread, draws.bend_down),
          bounds.low,
          bounds.high,
          draws.table};
}

/// Frozen draws of a device, regenerated. `item` is device_item(layer, set, plane, row, column).
PANTHER_HD TraitDraws regenerated_draws(DeviceConstants const& k, std::uint64_t item) {
  PhiloxWords const r = draw(k.seed, Stream::device_variation, item, 0);
  return trait_draws(k, r.w[0], r.w[1], r.w[2], r.w[3]);
}

PANTHER_HD Traits nominal_traits(float range) {
  Traits traits;
  traits.high = range;
  return traits;
}

/// Standard deviation, in codes, of the noise of a move by `change` codes from `position`.
/// CrossSim: sigma sqrt(R |D|), times w/R or R/w.
PANTHER_HD float write_noise_std(DeviceConstants const& k, WriteNoiseKind kind, float range,
                                 float position, float change) {
  float const magnitude = change < 0.0F ? -change : change;
  float const base = k.write_sigma * root(range * magnitude);
  if (kind == WriteNoiseKind::additive) return base;
  float const w_in_windows = position / range + k.g_min_in_windows;
  return kind == WriteNoiseKind::proportional ? base * w_in_windows : base / w_in_windows;
}

struct Moved {
  float position;          // within the device's bounds
  std::int32_t saturated;  // 1 if the move went past a bound, 0 if not (a bool in a struct keeps
                           // loops from becoming vectors)
};

/// A change with its write noise, kept within bounds. `normal` is N(0,1), unused if kind is off.
PANTHER_HD Moved settled(DeviceConstants const& k, WriteNoiseKind kind, Traits const& traits,
                         float range, float position, float change, float normal) {
  float target = position + change;
  if (kind != WriteNoiseKind::off) {
    target = fused(write_noise_std(k, kind, range, position, change), normal, target);
  }
  float const kept = clamped(target, traits.low, traits.high);
  std::int32_t const passed = kept != target ? 1 : 0;
  return {kept, chosen(traits.low < traits.high, passed, 0)};
}

/// One programming move: law, write noise, bounds. `normal`: N(0,1) of the write noise; of a law
/// that draws, its uniform number.
template <class Law>
PANTHER_HD Moved move_device(typename Law::Constants const& law, DeviceConstants const& k,
                             WriteNoiseKind kind, Traits const& traits, float range, float position,
                             float steps, Direction direction, float normal) {
  if constexpr (DrawingLaw<Law>) {
    float const change = Law::moved(law, traits, position, steps, direction, normal);
    return settled(k, WriteNoiseKind::off, traits, range, position, change, 0.0F);
  } else {
    float const change = Law::moved(law, traits, position, steps, direction);
    return settled(k, kind, traits, range, position, change, normal);
  }
}

/// Conductance, in codes, of a device: what relative read noise scales with.
PANTHER_HD float conductance_codes(float g_min_in_windows, float range, std::int16_t code,
                                   bool mirrored) {
  float const position = position_of(code);
  return fused(g_min_in_windows, range, mirrored ? range - position : position);
}

/// The code of a position; `dither` in [0, 1) rounds stochastically, 0.5 to nearest. Integers are
/// kept.
PANTHER_HD std::int16_t code_of_position(float position, float dither) {
  // Unsigned: a lane whose result is thrown away may hold any number.
  auto const whole = static_cast<std::uint32_t>(static_cast<std::int32_t>(position + dither));
  return static_cast<std::int16_t>(whole + static_cast<std::uint32_t>(code_of_g_min));
}

}  // namespace panther
