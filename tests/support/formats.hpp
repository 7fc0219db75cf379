// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Naive model of 16-bit words and their formats (numerics, section 1), in doubles and 128-bit
// integers: rounding half to even, saturation, the format that follows the data, the slopes of
// activations. Shares no code with the kernels.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/digital/formats.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {

/// The word of a value that is already scaled to the word's format.
inline double word_of_scaled(double scaled) {
  return std::clamp(std::nearbyint(scaled), -32768.0, 32767.0);
}
inline bool saturates(double scaled) { return word_of_scaled(scaled) != std::nearbyint(scaled); }

/// The word of a sum that has `shift` more fraction bits.
struct StoredSum {
  double word;
  bool saturated;
};
inline StoredSum stored_sum(i128 sum, int shift) {
  i128 const whole = round_half_even(sum, shift);
  i128 const kept = std::clamp<i128>(whole, -32768, 32767);
  return {static_cast<double>(kept), kept != whole};
}

/// The finest format of [-16, 30] fraction bits for which `holds` is true; -16 if none.
template <class Holds>
int finest_format(Holds const& holds) {
  int fraction = 30;
  while (fraction > -16 && !holds(fraction)) --fraction;
  return fraction;
}

/// The finest format in which a magnitude stays below 2^15.
inline int finest_format(double magnitude) {
  return finest_format([&](int fraction) { return std::ldexp(magnitude, fraction) < 32768.0; });
}
inline int finest_format(i128 magnitude, int fraction_bits) {
  return finest_format([&](int fraction) {
    int const bits = 15 - fraction + fraction_bits;  // magnitude < 2^bits?
    return magnitude == 0 || bits > 126 || (bits >= 0 && magnitude < static_cast<i128>(1) << bits);
  });
}

/// The derivative of an activation at its output y.
inline double slope(Activation activation, double y) {
  if (activation == Activation::sigmoid) return y * (1.0 - y);
  if (activation == Activation::tanh) return 1.0 - y * y;
  return activation == Activation::relu && y <= 0.0 ? 0.0 : 1.0;
}

/// `word` is `scaled` in its format, where float32 leaves the value open by `slack`.
inline void check_word(std::int16_t word, double scaled, double slack = 0.0) {
  ASSERT_GE(word, word_of_scaled(scaled - slack)) << "of " << scaled;
  ASSERT_LE(word, word_of_scaled(scaled + slack)) << "of " << scaled;
}

}  // namespace panther::test
