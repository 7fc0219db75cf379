// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The vector operations of a read, one wrapper per instruction set. A vector has `lanes` 32-bit
// lanes; dot() multiplies the two int16 of every lane and adds both products to the lane of an
// accumulator.

#include <cstdint>

#include "devicemodels/core/hd.hpp"

#if PANTHER_ISA_LEVEL > 0
#include <immintrin.h>

namespace panther::PANTHER_ISA_NAMESPACE {

#if PANTHER_ISA_LEVEL == 512
struct Simd {
  using Int = __m512i;
  using Float = __m512;
  static constexpr int lanes = 16;
  static constexpr int streams =
      8;  // streams whose accumulators fit the registers, two vectors each
  static constexpr int direct_tiles =
      4;  // pairs of vectors that a direct read of two streams accumulates

  PANTHER_HD static Int zero() { return _mm512_setzero_si512(); }
  PANTHER_HD static Int load(void const* from) { return _mm512_loadu_si512(from); }
  PANTHER_HD static void store(void* to, Int value) { _mm512_storeu_si512(to, value); }
  PANTHER_HD static void store_halves(void* low, void* high, Int value) {
    _mm256_storeu_si256(static_cast<__m256i*>(low), _mm512_castsi512_si256(value));
    _mm256_storeu_si256(static_cast<__m256i*>(high), _mm512_extracti64x4_epi64(value, 1));
  }
  PANTHER_HD static Int broadcast(std::int32_t value) { return _mm512_set1_epi32(value); }
  PANTHER_HD static Int dot(Int sum, Int a, Int b) { return _mm512_dpwssd_epi32(sum, a, b); }
  PANTHER_HD static Int add(Int a, Int b) { return _mm512_add_epi32(a, b); }
  PANTHER_HD static Int unpack_low(Int a, Int b) { return _mm512_unpacklo_epi16(a, b); }
  PANTHER_HD static Int unpack_high(Int a, Int b) { return _mm512_unpackhi_epi16(a, b); }
  PANTHER_HD static Int low_half(Int a) { return _mm512_srai_epi32(_mm512_slli_epi32(a, 16), 16); }
  PANTHER_HD static Int high_half(Int a) { return _mm512_srai_epi32(a, 16); }

  PANTHER_HD static Float zero_float() { return _mm512_setzero_ps(); }
  PANTHER_HD static Float load_float(float const* from) { return _mm512_loadu_ps(from); }
  PANTHER_HD static void store_float(float* to, Float value) { _mm512_storeu_ps(to, value); }
  PANTHER_HD static Float broadcast_float(float value) { return _mm512_set1_ps(value); }
  PANTHER_HD static Float to_float(Int value) { return _mm512_cvtepi32_ps(value); }
  PANTHER_HD static Float add_float(Float a, Float b) { return _mm512_add_ps(a, b); }
  PANTHER_HD static Float subtract(Float a, Float b) { return _mm512_sub_ps(a, b); }
  PANTHER_HD static Float divide(Float a, Float b) { return _mm512_div_ps(a, b); }
  PANTHER_HD static Float least(Float a, Float b) { return _mm512_min_ps(a, b); }
  PANTHER_HD static Float most(Float a, Float b) { return _mm512_max_ps(a, b); }
  PANTHER_HD static Int to_int(Float value) { return _mm512_cvtps_epi32(value); }
  PANTHER_HD static Int shift_byte(Int a) { return _mm512_slli_epi32(a, 8); }
  PANTHER_HD static Int count_unequal(Int count, Float a, Float b) {
    __mmask16 const unequal = _mm512_cmp_ps_mask(a, b, _CMP_NEQ_OQ);
    return _mm512_mask_add_epi32(count, unequal, count, _mm512_set1_epi32(1));
  }
  PANTHER_HD static Float multiply(Float a, Float b) { return _mm512_mul_ps(a, b); }
  PANTHER_HD static Float fused(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
};
#else
struct Simd {
  using Int = __m256i;
  using Float = __m256;
  static constexpr int lanes = 8;
  static constexpr int streams = 4;
  static constexpr int direct_tiles = 2;

  PANTHER_HD static Int zero() { return _mm256_setzero_si256(); }
  PANTHER_HD static Int load(void const* from) {
    return _mm256_loadu_si256(static_cast<__m256i const*>(from));
  }
  PANTHER_HD static void store(void* to, Int value) {
    _mm256_storeu_si256(static_cast<__m256i*>(to), value);
  }
  PANTHER_HD static void store_halves(void* low, void* high, Int value) {
    _mm_storeu_si128(static_cast<__m128i*>(low), _mm256_castsi256_si128(value));
    _mm_storeu_si128(static_cast<__m128i*>(high), _mm256_extracti128_si256(value, 1));
  }
  PANTHER_HD static Int broadcast(std::int32_t value) { return _mm256_set1_epi32(value); }
  PANTHER_HD static Int dot(Int sum, Int a, Int b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  }
  PANTHER_HD static Int add(Int a, Int b) { return _mm256_add_epi32(a, b); }
  PANTHER_HD static Int unpack_low(Int a, Int b) { return _mm256_unpacklo_epi16(a, b); }
  PANTHER_HD static Int unpack_high(Int a, Int b) { return _mm256_unpackhi_epi16(a, b); }
  PANTHER_HD static Int low_half(Int a) { return _mm256_srai_epi32(_mm256_slli_epi32(a, 16), 16); }
  PANTHER_HD static Int high_half(Int a) { return _mm256_srai_epi32(a, 16); }

  PANTHER_HD static Float zero_float() { return _mm256_setzero_ps(); }
  PANTHER_HD static Float load_float(float const* from) { return _mm256_loadu_ps(from); }
  PANTHER_HD static void store_float(float* to, Float value) { _mm256_storeu_ps(to, value); }
  PANTHER_HD static Float broadcast_float(float value) { return _mm256_set1_ps(value); }
  PANTHER_HD static Float to_float(Int value) { return _mm256_cvtepi32_ps(value); }
  PANTHER_HD static Float add_float(Float a, Float b) { return _mm256_add_ps(a, b); }
  PANTHER_HD static Float subtract(Float a, Float b) { return _mm256_sub_ps(a, b); }
  PANTHER_HD static Float divide(Float a, Float b) { return _mm256_div_ps(a, b); }
  PANTHER_HD static Float least(Float a, Float b) { return _mm256_min_ps(a, b); }
  PANTHER_HD static Float most(Float a, Float b) { return _mm256_max_ps(a, b); }
  PANTHER_HD static Int to_int(Float value) { return _mm256_cvtps_epi32(value); }
  PANTHER_HD static Int shift_byte(Int a) { return _mm256_slli_epi32(a, 8); }
  PANTHER_HD static Int count_unequal(Int count, Float a, Float b) {
    return _mm256_sub_epi32(count, _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_NEQ_OQ)));
  }
  PANTHER_HD static Float multiply(Float a, Float b) { return _mm256_mul_ps(a, b); }
  PANTHER_HD static Float fused(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
};
#endif

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
