// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Line drivers, sensed lines and converters of an analog read: their laws, item by item.
//
// - Driver, x in [-1, 1] of full scale: clip; integral nonlinearity that vanishes at 0 and at full
//   scale, a (x |x| - x) + b (x^3 - x); S-shape x (1 + s) / (1 + s |x|); plus noise.
// - Sensed line, y in units of the largest sum possible (aihwkit's order,
// rpu_forward_backward_pass):
//   y (1 - v) / (1 + r |y|), v = max(offset_std xi, 0) frozen; then f y / (1 + |n (1 + spread xi)|
//   |y|), f = (1 + (n + r) calibration)^2.
// - Converter, z in steps: z (1 + gain) + offset, frozen; plus comparator noise; then rounding, to
//   the nearest (ties to even) or stochastic, and clipping to [-2^(b-1), 2^(b-1) - 1], sign and
//   magnitude: to +-(2^(b-1) - 1). Ramp: one slope error more, of all converters of a block.
//   SAR: charge redistribution. Capacitor b has 2^b units, relative std sigma / sqrt(2^b); the
//   weights are normalised to the sum of all, one unit terminates. Decision by decision, largest
//   bit first (McCreary, Gray, IEEE J. Solid-State Circuits 10, 371, 1975); ties go up.
//
// Deviations: aihwkit's negative v_offset_w_min and the limit of r |y| are left out; comparator
// noise of a SAR is drawn once a conversion, not once a decision.

#include "devicemodels/core/normal.hpp"
#include "devicemodels/core/philox.hpp"
#include "kernels/xbar/periphery.hpp"

namespace panther {

inline constexpr int max_adc_bits = 16;

struct DriverConstants {
  bool shaped = false;  // any of clip, INL, S-shape
  float clip = 1.0F;
  float quadratic = 0.0F;
  float cubic = 0.0F;
  float s_shape = 0.0F;
  float noise = 0.0F;
};

struct SensedLineConstants {
  bool shaped = false;
  float noise_spread = 0.0F;
  float offset_std = 0.0F;
  float series = 0.0F;
  float s_shape = 0.0F;
  float s_shape_spread = 0.0F;
  float factor = 1.0F;
};

struct AdcConstants {
  AdcKind kind = AdcKind::uniform;
  bool stochastic = false;
  bool accumulated = false;
  bool unequal = false;  // gain, offset or slope errors
  bool draws = false;    // comparator noise or stochastic rounding
  float gain_std = 0.0F;
  float offset_std = 0.0F;
  float slope_std = 0.0F;
  float capacitor_std = 0.0F;
  float comparator_noise = 0.0F;
};

PANTHER_HD float driver_output(DriverConstants const& k, float x) {
  float const v = clamped(x, -k.clip, k.clip);
  float const m = v < 0.0F ? -v : v;
  float const bent = fused(k.quadratic, v * m - v, fused(k.cubic, v * v * v - v, v));
  float const b = bent < 0.0F ? -bent : bent;
  return bent * (1.0F + k.s_shape) / (1.0F + k.s_shape * b);
}

/// Frozen properties of one converter and its sensed line.
struct ConverterTraits {
  double gain;         // 1 + error
  double offset;       // ADC steps
  float sense_offset;  // v >= 0
  float noise;         // factor of the line noise, >= 0
  float s_shape;       // n >= 0
};

/// What a converter draws from.
struct ConverterPlace {
  std::uint64_t seed;
  std::uint64_t item;        // of the converter of one sensed line
  std::uint64_t block_item;  // of the converters of its block, which share a ramp
};

enum class TraitDraw : std::uint32_t { converter, line, ramp, capacitors };

PANTHER_HD PhiloxWords converter_words(std::uint64_t seed, std::uint64_t item, TraitDraw draw_of,
                                       int index = 0) {
  return draw(seed, Stream::converter_traits, item, 0,
              static_cast<std::uint32_t>(draw_of) + static_cast<std::uint32_t>(index));
}

PANTHER_HD ConverterTraits converter_traits(AdcConstants const& adc,
                                            SensedLineConstants const& line,
                                            ConverterPlace const& place) {
  PhiloxWords const a = converter_words(place.seed, place.item, TraitDraw::converter);
  PhiloxWords const b = converter_words(place.seed, place.item, TraitDraw::line);
  PhiloxWords const c = converter_words(place.seed, place.block_item, TraitDraw::ramp);
  NormalPair const own = normal_pair(a.w[0], a.w[1]);
  NormalPair const sense = normal_pair(a.w[2], a.w[3]);
  NormalPair const shape = normal_pair(b.w[0], b.w[1]);
  NormalPair const ramp = normal_pair(c.w[0], c.w[1]);
  float const noise = fused(line.noise_spread, sense.second, 1.0F);
  float const bend = line.s_shape * fused(line.s_shape_spread, shape.first, 1.0F);
  double const gain = 1.0 + static_cast<double>(adc.gain_std * own.first);
  double const slope = 1.0 + static_cast<double>(adc.slope_std * ramp.first);
  return {gain * slope, static_cast<double>(adc.offset_std * own.second),
          larger(line.offset_std * sense.first, 0.0F), noise < 0.0F ? -noise : noise,
          bend < 0.0F ? -bend : bend};
}

/// A sum through the sensed line, in units of the largest sum possible.
PANTHER_HD double sensed_output(SensedLineConstants const& k, ConverterTraits const& t, double y) {
  double const m = y < 0.0 ? -y : y;
  double const series =
      y * (1.0 - static_cast<double>(t.sense_offset)) / (1.0 + static_cast<double>(k.series) * m);
  double const s = series < 0.0 ? -series : series;
  return static_cast<double>(k.factor) * series / (1.0 + static_cast<double>(t.s_shape) * s);
}

/// What a conversion draws afresh.
struct ConversionDraw {
  float normal;
  float dither;  // in [0, 1)
};

PANTHER_HD ConversionDraw conversion_draw(std::uint64_t seed, std::uint64_t item,
                                          std::uint64_t read, int step) {
  PhiloxWords const r =
      draw(seed, Stream::converter_noise, item, read, static_cast<std::uint32_t>(step));
  return {normal_pair(r.w[0], r.w[1]).first,
          static_cast<float>(static_cast<std::int32_t>(r.w[2] >> 8)) * 0x1p-24F};
}

/// A sum in ADC steps at the comparator.
PANTHER_HD double at_comparator(AdcConstants const& k, ConverterTraits const& t,
                                ConversionDraw const& fresh, double steps) {
  double const z = k.unequal ? steps * t.gain + t.offset : steps;
  return k.draws ? z + static_cast<double>(k.comparator_noise * fresh.normal) : z;
}

struct AdcLimits {
  double low;
  double high;
};

PANTHER_HD AdcLimits adc_limits(AdcKind kind, int bits) {
  auto const half = static_cast<double>(1 << (bits - 1));
  return {kind == AdcKind::sign_magnitude ? 1.0 - half : -half, half - 1.0};
}

/// Largest integer <= x, for |x| < 2^51.
PANTHER_HD double floor_whole(double x) {
  double const near = nearest(x);
  return near - (near > x ? 1.0 : 0.0);
}

/// A whole number of steps, not yet clipped.
PANTHER_HD double rounded_steps(AdcConstants const& k, ConversionDraw const& fresh, double z) {
  return k.stochastic ? floor_whole(z + static_cast<double>(fresh.dither)) : nearest(z);
}

/// Weights of a SAR's capacitors in steps, least significant first; their sum and one unit make
/// 2^bits.
PANTHER_HD void sar_weights(AdcConstants const& k, ConverterPlace const& place, int bits,
                            float* weights) {
  float total = 1.0F;
  PhiloxWords words{};
  for (int bit = 0; bit < bits; ++bit) {
    if (bit % 4 == 0)
      words = converter_words(place.seed, place.item, TraitDraw::capacitors, bit / 4);
    bool const upper = (bit & 2) != 0;
    NormalPair const pair =
        upper ? normal_pair(words.w[2], words.w[3]) : normal_pair(words.w[0], words.w[1]);
    auto const units = static_cast<float>(1 << bit);
    float const spread = k.capacitor_std * root(units);
    weights[bit] = larger(fused(spread, (bit & 1) != 0 ? pair.second : pair.first, units), 0.0F);
    total += weights[bit];
  }
  float const scale = static_cast<float>(1 << bits) / total;
  for (int bit = 0; bit < bits; ++bit) weights[bit] *= scale;
}

/// Where a successive approximation stands.
struct SarState {
  double level;  // of the capacitors that are on
  double code;
};

PANTHER_HD SarState sar_decision(SarState state, double target, float weight, int bit) {
  double const trial = state.level + static_cast<double>(weight);
  bool const on = target >= trial - 0.5;
  return {on ? trial : state.level, on ? state.code + static_cast<double>(1 << bit) : state.code};
}

}  // namespace panther
