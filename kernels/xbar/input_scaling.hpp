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
//   abs_max          alpha = max |x|, at most the limit
//   max              alpha = max x, at most the limit
//   constant         alpha = the limit
//   average_abs_max  alpha = the mean of max |x| over the calibration examples of the epoch, at
//                    most the limit; while these are read, as abs_max
//   abs_max_np_sum   alpha = max(a, min(F a, S / full_lines)), a that of abs_max
// S is the largest sum of a block's inputs of one sign: no sum of the block exceeds what S / 32767
// lines at full scale give through the largest weight. full_lines is how many of them a converter
// holds, F the factor that leaves bounds.max_resolution (0.25 where that is off) of a driver's
// range as its step. A vector that has no such x > 0 is not scaled.
//
// Deviations from aihwkit: it scales real numbers; here alpha is a whole number of input LSBs, and
// what s loses to rounding is at most half an LSB of the scaled input. Its AverageAbsMax is a
// running mean over all vectors read so far: a vector's result would depend on those before it, so
// on batches and on passes that only test. Its AbsMaxNPSum takes the output bound (12 weights of
// full input) over an assumed largest weight (0.6), one tile at a time; full_lines is that ratio.
// Left out: inp_asymmetry, out_asymmetry and w_read_asymmetry, which tell a pass of negative inputs
// from one of positive ones. Here there are no such passes: digits are those of two's complement,
// and a negative input is driven positively in all its steps but that of the sign.

#include <array>
#include <cstdint>
#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/math.hpp"

namespace panther {

enum class NoiseManagement : std::uint8_t {
  off,
  abs_max,
  max,
  constant,
  average_abs_max,
  abs_max_np_sum
};
template <>
struct EnumNames<NoiseManagement> {
  static constexpr std::array values{
      std::pair{NoiseManagement::off, std::string_view{"off"}},
      std::pair{NoiseManagement::abs_max, std::string_view{"abs_max"}},
      std::pair{NoiseManagement::max, std::string_view{"max"}},
      std::pair{NoiseManagement::constant, std::string_view{"constant"}},
      std::pair{NoiseManagement::average_abs_max, std::string_view{"average_abs_max"}},
      std::pair{NoiseManagement::abs_max_np_sum, std::string_view{"abs_max_np_sum"}}};
};

struct InputScalingConfig {
  NoiseManagement noise_management = NoiseManagement::off;
  double limit = 1.0;
  double full_lines = 20.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("noise_management", self.noise_management,
          Field{.doc = "what each vector is divided by before the drivers, and its outputs are "
                       "multiplied by: nothing, its largest magnitude, its largest value, limit, "
                       "the mean largest magnitude of read.calibration_examples, or its largest "
                       "magnitude and more where its sum could exceed full_lines"});
    visit("limit", self.limit,
          Field{.unit = "full scale",
                .doc = "largest divisor; inputs beyond it are clipped",
                .lo = 0.0001,
                .hi = 1});
    visit("full_lines", self.full_lines,
          Field{.unit = "lines",
                .doc = "abs_max_np_sum and worst_case: lines of full input and largest weight that "
                       "a converter holds (aihwkit: out_bound 12 / assumed weight 0.6)",
                .lo = 0.01,
                .hi = 65536});
  }
};

/// An input of full scale; as a vector's scale, none.
inline constexpr std::int32_t full_input = 32767;

/// What kernels know of it.
struct InputScaling {
  NoiseManagement kind = NoiseManagement::off;
  std::int32_t limit = full_input;
  double full_lines = 20.0;
  std::int32_t most_by_sum = 1;  // F
  bool worst_case = false;       // bounds.management
};

/// A vector as its scaling sees it.
struct InputVector {
  std::int16_t const* inputs;  // [line]
  int lines;
  int block_lines;
  std::int32_t mean;  // of average_abs_max; 0: not known yet
};

PANTHER_HD std::int32_t largest_input(InputVector const& v, bool both_signs) {
  std::int32_t largest = 0;
  for (int line = 0; line < v.lines; ++line) {
    std::int32_t const x = v.inputs[line];
    largest = larger(largest, both_signs && x < 0 ? -x : x);
  }
  return largest;
}

/// S.
PANTHER_HD std::int64_t largest_one_sided_sum(InputVector const& v) {
  std::int64_t largest = 0;
  for (int first = 0; first < v.lines; first += v.block_lines) {
    std::int64_t positive = 0;
    std::int64_t negative = 0;
    for (int line = first; line < smaller(first + v.block_lines, v.lines); ++line) {
      std::int64_t const x = v.inputs[line];
      (x < 0 ? negative : positive) += x < 0 ? -x : x;
    }
    largest = larger(largest, larger(positive, negative));
  }
  return largest;
}

/// alpha of abs_max_np_sum; 0 for a vector of zeros.
PANTHER_HD std::int64_t scale_by_sum(InputScaling const& k, InputVector const& v) {
  std::int32_t const largest = smaller(largest_input(v, true), k.limit);
  auto const sum = static_cast<double>(largest_one_sided_sum(v));
  double const most = static_cast<double>(largest) * static_cast<double>(k.most_by_sum);
  auto const scale = static_cast<std::int64_t>(nearest(smaller(sum / k.full_lines, most)));
  return larger(std::int64_t{largest}, scale);
}

/// alpha of a vector's first read.
PANTHER_HD std::int64_t input_scale(InputScaling const& k, InputVector const& v) {
  if (k.kind == NoiseManagement::off) return full_input;
  if (k.kind == NoiseManagement::constant) return k.limit;
  if (k.kind == NoiseManagement::average_abs_max && v.mean > 0) return smaller(v.mean, k.limit);
  bool const both_signs = k.kind != NoiseManagement::max;
  std::int64_t const scale = k.kind == NoiseManagement::abs_max_np_sum
                                 ? scale_by_sum(k, v)
                                 : smaller(largest_input(v, both_signs), k.limit);
  return scale == 0 ? full_input : scale;
}

/// s of an input. Exact: the quotient of two such numbers is no closer than 1 / (2 scale) to a tie
/// that it is not, relative to its size no closer than 2^-31, and double resolves that.
PANTHER_HD std::int16_t scaled_input(std::int16_t x, std::int64_t scale) {
  if (scale == full_input) return x;
  double const s = nearest(static_cast<double>(x * full_input) / static_cast<double>(scale));
  return static_cast<std::int16_t>(clamped(s, -32768.0, 32767.0));
}

/// What a sum of such inputs counts as.
PANTHER_HD i128 unscaled_sum(i128 sum, std::int64_t scale) {
  if (scale == full_input) return sum;
  i128 const product = sum * scale;
  i128 const half = full_input / 2;
  return (product < 0 ? product - half : product + half) / full_input;
}

}  // namespace panther
