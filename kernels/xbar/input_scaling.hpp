// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Noise management of analog reads: a vector is scaled to the drivers' range and its outputs are
// scaled back, so that small inputs do not drown in what drivers and converters add (Gokmen, Onen,
// Haensch, Front. Neurosci. 11, 538, 2017; aihwkit's NoiseManagementType).
//
// With x a line's input and alpha the scale of its vector, both in input LSBs, the drivers see
//   s = round(32767 x / alpha), ties to even, clipped to 16 bits,
// and a sum S of the read counts as round(alpha S / 32767), which has no ties: 32767 is odd. So
// alpha = 32767 is no scaling, to the bit.
//   abs_max    alpha = max |x|, at most the limit
//   max        alpha = max x, at most the limit
//   constant   alpha = the limit
// A vector that has no such x > 0 is not scaled.
//
// Deviations: aihwkit scales real numbers; here alpha is a whole number of input LSBs, and what
// s loses to rounding is at most half an LSB of the scaled input. Left out: AverageAbsMax, a
// running mean over the vectors of a layer, because a vector's result would depend on those read
// before it, so on batches and on passes that only test; AbsMaxNPSum, because it needs one output
// bound in units of weights, while here each slice has converters of its own that may see a step.

#include <array>
#include <cstdint>
#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/math.hpp"

namespace panther {

enum class NoiseManagement : std::uint8_t { off, abs_max, max, constant };
template <>
struct EnumNames<NoiseManagement> {
  static constexpr std::array values{
      std::pair{NoiseManagement::off, std::string_view{"off"}},
      std::pair{NoiseManagement::abs_max, std::string_view{"abs_max"}},
      std::pair{NoiseManagement::max, std::string_view{"max"}},
      std::pair{NoiseManagement::constant, std::string_view{"constant"}}};
};

struct InputScalingConfig {
  NoiseManagement noise_management = NoiseManagement::off;
  double limit = 1.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("noise_management", self.noise_management,
          Field{.doc = "what each vector is divided by before the drivers, and its outputs are "
                       "multiplied by: nothing, its largest magnitude, its largest value, limit"});
    visit("limit", self.limit,
          Field{.unit = "full scale",
                .doc = "largest divisor; inputs beyond it are clipped",
                .lo = 0.0001,
                .hi = 1});
  }
};

/// An input of full scale; as a vector's scale, none.
inline constexpr std::int32_t full_input = 32767;

/// What kernels know of it.
struct InputScaling {
  NoiseManagement kind = NoiseManagement::off;
  std::int32_t limit = full_input;
};

/// alpha of a vector.
PANTHER_HD std::int32_t input_scale(InputScaling const& k, std::int16_t const* input, int lines) {
  if (k.kind == NoiseManagement::off) return full_input;
  if (k.kind == NoiseManagement::constant) return k.limit;
  bool const both = k.kind == NoiseManagement::abs_max;
  std::int32_t largest = 0;
  for (int line = 0; line < lines; ++line) {
    std::int32_t const x = input[line];
    largest = larger(largest, both && x < 0 ? -x : x);
  }
  return largest == 0 ? full_input : smaller(largest, k.limit);
}

/// s of an input. Exact: the quotient of two such numbers is no closer than 2^-16 to a tie that it
/// is not, relative to its size no closer than 2^-31, and double resolves that.
PANTHER_HD std::int16_t scaled_input(std::int16_t x, std::int32_t scale) {
  if (scale == full_input) return x;
  double const s = nearest(static_cast<double>(x * full_input) / static_cast<double>(scale));
  return static_cast<std::int16_t>(clamped(s, -32768.0, 32767.0));
}

/// What a sum of such inputs counts as.
PANTHER_HD i128 unscaled_sum(i128 sum, std::int32_t scale) {
  if (scale == full_input) return sum;
  i128 const product = sum * scale;
  i128 const half = full_input / 2;
  return (product < 0 ? product - half : product + half) / full_input;
}

}  // namespace panther
