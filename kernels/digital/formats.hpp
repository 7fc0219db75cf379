// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// 16-bit fixed-point words, how a tensor's number of fraction bits is chosen, and activation
// functions.

#include <cstdint>
#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/math.hpp"
#include "kernels/base/rounding.hpp"

namespace panther {

/// static: fraction bits are fixed per layer; dynamic_pow2: each tensor of each example is scaled
/// by the power of two that lets its largest value just fit.
enum class Scale : std::uint8_t { fixed, dynamic_pow2 };
template <>
struct EnumNames<Scale> {
  static constexpr std::array values{
      std::pair{Scale::fixed, std::string_view{"static"}},
      std::pair{Scale::dynamic_pow2, std::string_view{"dynamic_pow2"}}};
};

inline constexpr int least_fraction_bits = -16;
inline constexpr int most_fraction_bits = 30;

/// 2^exponent for |exponent| <= 126.
PANTHER_HD float power_of_two(int exponent) { return float_of_bits((exponent + 127) * 8388608); }

/// value * 2^fraction_bits rounded to a whole number, kept within +-40000: beyond 16 bits, so that
/// saturation is seen. What is no number counts as too large.
PANTHER_HD std::int32_t whole_word(float value, int fraction_bits) {
  float const scaled = value * power_of_two(fraction_bits);
  float const bounded = scaled < 40000.0F ? scaled : 40000.0F;
  return static_cast<std::int32_t>(nearest(larger(bounded, -40000.0F)));
}

/// value * 2^fraction_bits as a 16-bit word.
PANTHER_HD Word16 word_of(float value, int fraction_bits) {
  return saturated16(whole_word(value, fraction_bits));
}

PANTHER_HD float value_of(std::int16_t word, int fraction_bits) {
  return static_cast<float>(word) * power_of_two(-fraction_bits);
}

/// Fraction bits at which a tensor fills 16 bits whose largest magnitude has `peak_bits` bits at
/// `sum_fraction` fraction bits.
PANTHER_HD int fitting_fraction(int peak_bits, int sum_fraction) {
  if (peak_bits == 0) return most_fraction_bits;
  return clamped(sum_fraction - peak_bits + 15, least_fraction_bits, most_fraction_bits);
}

/// Fraction bits at which a float tensor of largest magnitude `peak` fills 16 bits.
PANTHER_HD int fitting_fraction(float peak) {
  if (peak < 0x1p-40F) return most_fraction_bits;
  int const exponent = ((bits_of_float(peak) >> 23) & 255) - 126;  // peak < 2^exponent
  return clamped(15 - exponent, least_fraction_bits, most_fraction_bits);
}

PANTHER_HD float absolute(float value) { return value < 0.0F ? -value : value; }

enum class Activation : std::uint8_t { identity, relu, sigmoid, tanh };
template <>
struct EnumNames<Activation> {
  static constexpr std::array values{std::pair{Activation::identity, std::string_view{"identity"}},
                                     std::pair{Activation::relu, std::string_view{"relu"}},
                                     std::pair{Activation::sigmoid, std::string_view{"sigmoid"}},
                                     std::pair{Activation::tanh, std::string_view{"tanh"}}};
};

PANTHER_HD Word16 activated(Activation activation, std::int16_t z, int z_fraction, int y_fraction) {
  if (activation == Activation::sigmoid)
    return word_of(sigmoid(value_of(z, z_fraction)), y_fraction);
  if (activation == Activation::tanh) return word_of(tanh(value_of(z, z_fraction)), y_fraction);
  std::int32_t const kept = activation == Activation::relu ? larger<std::int32_t>(z, 0) : z;
  return saturated16(round_shift(static_cast<std::int64_t>(kept), z_fraction - y_fraction));
}

/// The derivative of an activation at its output y.
PANTHER_HD float derivative_of(Activation activation, float y) {
  switch (activation) {
    case Activation::relu:
      return y > 0.0F ? 1.0F : 0.0F;
    case Activation::sigmoid:
      return y * (1.0F - y);
    case Activation::tanh:
      return fused(-y, y, 1.0F);
    case Activation::identity:
      return 1.0F;
  }
  return 1.0F;
}

}  // namespace panther
