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
  std::int32_t low;        // stuck_mark: stuck at G_min
  std::int32_t high;       // stuck_mark: stuck at G_max; both: dead
  std::int32_t asymmetry;  // of slopes
  std::int32_t level;      // of a dead device: -127 to 127, uniform
  std::int32_t table;      // of the law, as a stored byte has it
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

struct DrawPair {
  std::int32_t first;
  std::int32_t second;
};

/// Two normal draws of this correlation from one word; decorrelation = sqrt(1 - correlation^2).
PANTHER_HD DrawPair draw_pair(std::uint32_t word, float correlation, float decorrelation) {
  NormalPair const normal = coarse_normal_pair(word);
  return {quantised_draw(normal.first),
          quantised_draw(fused(correlation, normal.first, decorrelation * normal.second))};
}

PANTHER_HD DrawPair slope_draws(SpreadConstants const& k, std::uint32_t word) {
  return draw_pair(word, k.slope_correlation, k.slope_decorrelation);
}
PANTHER_HD DrawPair bend_draws(SpreadConstants const& k, std::uint32_t word) {
  return draw_pair(word, k.bend_correlation, k.bend_decorrelation);
}
PANTHER_HD std::int32_t asymmetry_draw(std::uint32_t word) {
  return quantised_draw(coarse_normal_pair(word).first);
}

struct BoundDraws {
  std::int32_t low;
  std::int32_t high;
  std::int32_t level;
};

/// `word` gives the ends of the window, or the level of a dead device; `fault_word` its faults.
PANTHER_HD BoundDraws bound_draws(DeviceConstants const& k, std::uint32_t word,
                                  std::uint32_t fault_word, Surroundings const& around) {
  DrawPair const ends = draw_pair(word, k.spread.window_correlation, k.spread.window_decorrelation);
  bool const low = around.cut | (around.bad & (fault_word < k.faults.low_below));
  bool const high = !low & around.bad & (fault_word < k.faults.high_below);
  bool const dead = !low & !high & around.bad & (fault_word < k.faults.dead_below);
  return {chosen(low | dead, stuck_mark, ends.first), chosen(high | dead, stuck_mark, ends.second),
          static_cast<std::int32_t>(nearest(fused(uniform_of(word), 254.0F, -127.0F)))};
}

template <SlopeDistribution distribution>
PANTHER_HD float slope_as(float spread, std::int32_t draw) {
  float const deviation = draw_value(draw);
  return distribution == SlopeDistribution::log_normal ? exp2(spread * deviation)
                                                       : fused(spread, deviation, 1.0F);
}

/// A slope can fall to zero, never below. `asymmetry`: what the device's direction has more.
PANTHER_HD float slope_of(SpreadConstants const& k, std::int32_t draw, float asymmetry) {
  float const step = k.distribution == SlopeDistribution::log_normal
                         ? slope_as<SlopeDistribution::log_normal>(k.slope, draw)
                         : slope_as<SlopeDistribution::normal>(k.slope, draw);
  return larger(step + asymmetry, 0.0F);
}

/// A bend keeps its sign.
PANTHER_HD float bend_of(float spread, std::int32_t draw) {
  return larger(fused(spread, draw_value(draw), 1.0F), 0.05F);
}

struct Bounds {
  float low;
  float high;
};

/// Where a dead device stands: a whole code.
PANTHER_HD float dead_position(FaultConstants const& k, float range, std::int32_t level) {
  float const share = static_cast<float>(level + 127) * (1.0F / 254.0F);
  return nearest(smaller(range * fused(share, k.dead_width, k.dead_low), range));
}

/// Reachable positions of a device, not a dead one, whose nominal window is [0, range]. Ends that
/// cross meet in their middle.
PANTHER_HD Bounds live_bounds(DeviceConstants const& k, float range, std::int32_t low_draw,
                              std::int32_t high_draw) {
  float const low = clamped(k.spread.window_low * range * draw_value(low_draw), 0.0F, range);
  float const high =
      clamped(fused(k.spread.window_high * range, draw_value(high_draw), range), 0.0F, range);
  float const middle = 0.5F * (low + high);
  float const free_low = chosen(low > high, middle, low);
  float const free_high = chosen(low > high, middle, high);
  bool const stuck_high = high_draw == stuck_mark;
  bool const stuck_low = low_draw == stuck_mark;
  return {chosen(stuck_low, 0.0F, chosen(stuck_high, range, free_low)),
          chosen(stuck_low, 0.0F, chosen(stuck_high, range, free_high))};
}

/// Of any device.
PANTHER_HD Bounds bounds_of(DeviceConstants const& k, float range, std::int32_t low_draw,
                            std::int32_t high_draw, std::int32_t level) {
  Bounds const live = live_bounds(k, range, low_draw, high_draw);
  bool const dead = (low_draw == stuck_mark) & (high_draw == stuck_mark);
  float const at = dead_position(k.faults, range, level);
  return {chosen(dead, at, live.low), chosen(dead, at, live.high)};
}

PANTHER_HD Traits traits_of(DeviceConstants const& k, float range, TraitDraws const& draws) {
  Bounds const bounds = bounds_of(k, range, draws.low, draws.high, draws.level);
  float const asymmetry = k.spread.asymmetry * draw_value(draws.asymmetry);
  return {slope_of(k.spread, draws.slope_up, asymmetry),
          slope_of(k.spread, draws.slope_down, -asymmetry),
          bend_of(k.spread.bend_up, draws.bend_up),
          bend_of(k.spread.bend_down, draws.bend_down),
          bounds.low,
          bounds.high,
          draws.table};
}

/// Frozen draws of a device, regenerated. `item` is device_item(layer, set, plane, row, column).
PANTHER_HD TraitDraws regenerated_draws(DeviceConstants const& k, std::uint64_t item) {
  TraitDraws draws{};
  if (k.spread.asymmetry > 0.0F) {
    draws.asymmetry = asymmetry_draw(draw(k.seed, Stream::slope_asymmetry, item, 0).w[0]);
  }
  Surroundings const around = surroundings_of(k.faults, k.seed, item);
  PhiloxWords const words = draw(k.seed, Stream::device_variation, item, 0);
  DrawPair const slope = slope_draws(k.spread, words.w[0]);
  draws.slope_up = slope.first;
  draws.slope_down = slope.second;
  DrawPair const bend = bend_draws(k.spread, words.w[1]);
  draws.bend_up = bend.first;
  draws.bend_down = bend.second;
  BoundDraws const bound = bound_draws(k, words.w[2], words.w[3], around);
  draws.low = bound.low;
  draws.high = bound.high;
  draws.level = bound.level;
  draws.table = table_draw(k.tables, words.w[3]);
  return draws;
}

PANTHER_HD Traits nominal_traits(float range) {
  Traits traits;
  traits.high = range;
  return traits;
}

/// Standard deviation, in codes, of the noise of a move that carries out `steps` level steps and
/// changes the position by `change` codes.
PANTHER_HD float write_noise_std(DeviceConstants const& k, WriteNoiseKind kind, float range,
                                 float position, float steps, float change) {
  if (knows_pulses(kind)) return pulse_noise_std(k.pulse_noise, range, position, steps, change);
  float const magnitude = change < 0.0F ? -change : change;
  // Growing steps may ask for 2^100 windows.
  float const base = k.write_sigma * root(range * smaller(magnitude, 0x1p100F));
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
                         float range, float position, float steps, float change, float normal) {
  float target = position + change;
  if (kind != WriteNoiseKind::off) {
    target = fused(write_noise_std(k, kind, range, position, steps, change), normal, target);
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
    return settled(k, WriteNoiseKind::off, traits, range, position, steps, change, 0.0F);
  } else {
    float const change = Law::moved(law, traits, position, steps, direction);
    float const carried_out = steps_carried_out<Law>(law, steps, direction);
    return settled(k, kind, traits, range, position, carried_out, change, normal);
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
