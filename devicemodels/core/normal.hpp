// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Standard normal variates from random words (Box and Muller, Ann. Math. Stat. 29, 1958).
// A word gives 24 bits to the variate and its low 8 bits to the dither of stochastic rounding.

#include "devicemodels/core/math.hpp"

namespace panther {

struct NormalPair {
  float first;
  float second;
};

/// Two independent N(0,1) from the upper 24 bits of two words; |value| <= 5.77.
PANTHER_HD NormalPair normal_pair(std::uint32_t radius_word, std::uint32_t angle_word) {
  float const u = static_cast<float>(static_cast<std::int32_t>(radius_word >> 8) + 1) * 0x1p-24F;
  float const turns = static_cast<float>(static_cast<std::int32_t>(angle_word >> 8)) * 0x1p-24F;
  float const radius = root(larger(-1.38629436F * log2(u), 0.0F));  // sqrt(-2 ln u)
  SinCos const sc = sincos_turns(turns);
  return {radius * sc.cos, radius * sc.sin};
}

/// Two independent N(0,1) from one word, 16 bits each; |value| <= 4.86. For frozen device
/// constants.
PANTHER_HD NormalPair coarse_normal_pair(std::uint32_t word) {
  return normal_pair((word & 0xFFFF0000U) | 0x8000U, (word << 16) | 0x8000U);
}

/// The dither of a word: 0, 1/256, ..., 255/256. floor(x + dither) rounds x without bias to 1/256.
PANTHER_HD float dither_of(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word & 255U)) * 0x1p-8F;
}

/// A uniform number in (0, 1) from the upper 24 bits of a word.
PANTHER_HD float uniform_of(std::uint32_t word) {
  return (static_cast<float>(static_cast<std::int32_t>(word >> 9)) + 0.5F) * 0x1p-23F;
}

}  // namespace panther
