// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Integer rounding: half to even, saturating. The one definition of every fixed-point conversion.

#include <cstdint>

#include "devicemodels/core/hd.hpp"

namespace panther {

/// value * 2^-shift rounded half to even (exact for shift <= 0; the caller keeps left shifts in
/// range).
template <class Integer>
PANTHER_HD Integer round_shift(Integer value, int shift) {
  if (shift <= 0) return value * (static_cast<Integer>(1) << -shift);
  if (shift >= static_cast<int>(8 * sizeof(Integer)) - 1) return 0;
  Integer const below = value >> shift;  // floor
  Integer const rest = value - (below << shift);
  Integer const half = static_cast<Integer>(1) << (shift - 1);
  bool const up = rest > half || (rest == half && (below & 1) != 0);
  return below + (up ? 1 : 0);
}

struct Word16 {
  std::int16_t value;
  bool saturated;
};

template <class Integer>
PANTHER_HD Word16 saturated16(Integer value) {
  if (value > 32767) return {32767, true};
  if (value < -32768) return {-32768, true};
  return {static_cast<std::int16_t>(value), false};
}

/// Zero bits above the highest set bit; 64 for 0.
PANTHER_HD int leading_zeros(std::uint64_t value) {
#if defined(__CUDA_ARCH__)
  return __clzll(static_cast<long long>(value));
#else
  return value == 0 ? 64 : __builtin_clzll(value);
#endif
}

/// Bits of |value|: 0 for 0, otherwise floor(log2 |value|) + 1.
PANTHER_HD int bit_length(i128 value) {
  i128 const magnitude = value < 0 ? -value : value;
  auto const upper = static_cast<std::uint64_t>(magnitude >> 64);
  auto const lower = static_cast<std::uint64_t>(magnitude);
  return upper != 0 ? 128 - leading_zeros(upper) : 64 - leading_zeros(lower);
}

}  // namespace panther
