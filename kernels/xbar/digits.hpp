// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Weights as digits: W = sum_s v_s B^s, and back to the canonical digits that carry resolution
// leaves.

#include <cstdint>

#include "kernels/base/rounding.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther {

struct Digits {
  std::int32_t level[max_slices];
  bool saturated;  // the weight was clipped to what digits and cells hold
};

/// Largest and smallest weight that canonical digits in these cells hold. Two's complement:
/// weight_bits bits. Balanced: the top digit takes what its cell holds, but no weight beyond
/// weight_bits bits.
struct WeightRange {
  std::int64_t low;
  std::int64_t high;
};

PANTHER_HD WeightRange weight_range(Slicing const& slicing) {
  std::int64_t const half = static_cast<std::int64_t>(1) << (slicing.weight_bits - 1);
  WeightRange range{-half, half - 1};
  if (slicing.digits == DigitSet::two_complement) return range;
  int const p = slicing.digit_bits;
  int const top = slicing.slices - 1;
  std::int64_t const base = static_cast<std::int64_t>(1) << p;
  std::int64_t low = slicing.lowest(top);
  std::int64_t high = slicing.highest(top);
  for (int s = 0; s < top; ++s) {
    low = low * base - base / 2;
    high = high * base + base / 2 - 1;
  }
  return {larger(range.low, low), smaller(range.high, high)};
}

/// Canonical digits of a weight, saturated to weight_range.
PANTHER_HD Digits digits_of(Slicing const& slicing, std::int64_t weight) {
  WeightRange const range = weight_range(slicing);
  Digits digits;
  digits.saturated = weight < range.low || weight > range.high;
  std::int64_t rest = clamped(weight, range.low, range.high);
  int const p = slicing.digit_bits;
  std::int64_t const base = static_cast<std::int64_t>(1) << p;
  std::int64_t const bias = slicing.digits == DigitSet::balanced ? base / 2 : 0;
  for (int s = 0; s + 1 < slicing.slices; ++s) {
    std::int64_t const digit = ((rest + bias) & (base - 1)) - bias;
    digits.level[s] = static_cast<std::int32_t>(digit);
    rest = (rest - digit) >> p;
  }
  digits.level[slicing.slices - 1] = static_cast<std::int32_t>(rest);
  return digits;
}

/// The whole level nearest to a slice's state, within the cell's levels. `code_sum` adds the codes
/// of the slice's planes.
PANTHER_HD std::int32_t nearest_level(Slicing const& slicing, int slice, std::int32_t code_sum) {
  std::int32_t const level = round_shift(code_sum, slicing.level_shift(slice));
  return clamped(level, slicing.lowest(slice), slicing.highest(slice));
}

}  // namespace panther
