// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The project's own elementary functions: the same float32 operations in the same order on every
// backend
// (+, -, x, fused, bit casts), so that results are bit-equal; no libm. Polynomials are near-minimax
// (Lawson-weighted least squares in double, rounded to float32). Accuracy against double is stated
// beside each function and tested over the stated range.

#include "devicemodels/core/hd.hpp"

namespace panther {

/// Nearest integer, ties to even, for |x| < 2^22.
PANTHER_HD float nearest(float x) {
  float const shift = 12582912.0F;  // 1.5 * 2^23: the sum has no fraction bits left
  return (x + shift) - shift;
}

/// Nearest integer, ties to even, for |x| < 2^51.
PANTHER_HD double nearest(double x) {
  double const shift = 6755399441055744.0;  // 1.5 * 2^52
  return (x + shift) - shift;
}

/// Largest integer <= x, for |x| < 2^31. Exact.
PANTHER_HD std::int32_t floor_int(float x) {
  auto const truncated = static_cast<std::int32_t>(x);
  return truncated - (static_cast<float>(truncated) > x ? 1 : 0);
}

namespace detail {
/// (2^f - 1) for |f| <= 0.5, relative error below 3e-7.
PANTHER_HD float exp2m1_core(float f) {
  float q = 1.5461448e-4F;
  q = fused(1.531008e-5F, f, q);
  q = fused(q, f, 1.3333454e-3F);
  q = fused(q, f, 9.618057e-3F);
  q = fused(q, f, 5.550411e-2F);
  q = fused(q, f, 0.2402265F);
  q = fused(q, f, 0.6931472F);
  return q * f;
}

/// Unsigned arithmetic: vector loops also compute lanes whose results are thrown away, and there a
/// number may be anything.
PANTHER_HD float power_of_two(float integer) {
  auto const exponent = static_cast<std::uint32_t>(static_cast<std::int32_t>(integer));
  return float_of_bits(static_cast<std::int32_t>((exponent + 127U) << 23));
}
}  // namespace detail

/// 2^x for x in [-126, 127] (clamped outside); at most 2 ULP.
PANTHER_HD float exp2(float x) {
  float const bounded = clamped(x, -126.0F, 127.0F);
  float const integer = nearest(bounded);
  float const scale = detail::power_of_two(integer);
  return fused(scale, detail::exp2m1_core(bounded - integer), scale);
}

/// 2^x - 1 without cancellation near x = 0, for x in [-126, 127]; at most 4 ULP.
PANTHER_HD float bounded_exp2m1(float x) {
  float const integer = nearest(x);
  float const scale = detail::power_of_two(integer);
  return fused(scale, detail::exp2m1_core(x - integer), scale - 1.0F);
}

/// The same for any x, clamped to that range.
PANTHER_HD float exp2m1(float x) { return bounded_exp2m1(clamped(x, -126.0F, 127.0F)); }

namespace detail {
/// exponent + log2(1 + t) for 1 + t in [sqrt(1/2), sqrt(2)).
PANTHER_HD float log2_core(float t, std::int32_t exponent) {
  float q = -0.112973355F;
  q = fused(q, t, 0.1878259F);
  q = fused(q, t, -0.1906129F);
  q = fused(q, t, 0.20429616F);
  q = fused(q, t, -0.23963657F);
  q = fused(q, t, 0.28858528F);
  q = fused(q, t, -0.36069643F);
  q = fused(q, t, 0.4808979F);
  q = fused(q, t, -0.72134733F);
  q = fused(q, t, 1.442695F);
  return fused(q, t, static_cast<float>(exponent));
}

/// The exponent e for which x / 2^e lies in [sqrt(1/2), sqrt(2)).
PANTHER_HD std::int32_t log2_exponent(std::int32_t bits) { return (bits - 0x3f3504f3) >> 23; }
}  // namespace detail

/// log2(x) for normal x > 0; absolute error below 2e-7 + 1 ULP of the result. log2(1) is exactly 0.
PANTHER_HD float log2(float x) {
  std::int32_t const bits = bits_of_float(x);
  std::int32_t const exponent = detail::log2_exponent(bits);
  return detail::log2_core(float_of_bits(bits - exponent * 8388608) - 1.0F, exponent);
}

/// log2(1 + x) of a normal sum = 1 + x > 0 that is known better than x where it is far from 1.
PANTHER_HD float log2p1(float x, float sum) {
  std::int32_t const bits = bits_of_float(sum);
  std::int32_t const exponent = detail::log2_exponent(bits);
  float const rounded = float_of_bits(bits - exponent * 8388608) - 1.0F;
  return detail::log2_core(chosen(exponent == 0, x, rounded), exponent);
}

/// log2(1 + x) without cancellation near x = 0, for finite x; x below -1 + 2^-24 counts as that.
/// Relative error below 4e-7.
PANTHER_HD float log2p1(float x) {
  float const bounded = larger(x, -0x1.fffffep-1F);
  return log2p1(bounded, 1.0F + bounded);
}

struct SinCos {
  float sin;
  float cos;
};

/// sin and cos of 2*pi*turns for turns in [0, 1]; absolute error below 1.5e-7.
PANTHER_HD SinCos sincos_turns(float turns) {
  float const quarter = nearest(4.0F * turns);
  float const f = fused(4.0F, turns, -quarter);  // exact: |f| <= 0.5
  float const q = f * f;
  float s = 1.5820672e-4F;
  s = fused(s, q, -4.6812664e-3F);
  s = fused(s, q, 7.969258e-2F);
  s = fused(s, q, -0.6459641F);
  s = fused(s, q, 1.5707964F);
  s = s * f;
  float c = 9.036317e-4F;
  c = fused(c, q, -2.0860072e-2F);
  c = fused(c, q, 0.2536692F);
  c = fused(c, q, -1.2337005F);
  c = fused(c, q, 1.0F);
  auto const quadrant = static_cast<std::int32_t>(quarter) & 3;
  float const sin_part = (quadrant & 1) != 0 ? c : s;
  float const cos_part = (quadrant & 1) != 0 ? s : c;
  return {(quadrant & 2) != 0 ? -sin_part : sin_part,
          ((quadrant + 1) & 2) != 0 ? -cos_part : cos_part};
}

/// 1 / (1 + e^-x), any finite x; absolute error below 2e-7.
PANTHER_HD float sigmoid(float x) { return 1.0F / (1.0F + exp2(-1.44269504F * x)); }

/// tanh(x), any finite x; absolute error below 3e-7, odd to the bit.
PANTHER_HD float tanh(float x) {
  float const magnitude = x < 0.0F ? -x : x;
  float const m = exp2m1(-2.88539008F * magnitude);  // e^-2|x| - 1
  float const y = -m / (2.0F + m);
  return x < 0.0F ? -y : y;
}

}  // namespace panther
