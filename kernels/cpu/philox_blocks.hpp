// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sixteen blocks of Philox4x32-10 at a time, for units compiled per instruction set.
//
// A block's counter words live in 64-bit lanes of four vectors: the widening product reads the low
// half of each lane, so the halves of a product need no shuffle, only one shift, and rubbish in the
// upper halves is harmless. A round is two products, two shifts and two three-way xors a vector;
// the words are packed once, at the end. Equal to panther::philox4x32 by construction and test.

#include <cstdint>

#include "devicemodels/core/philox.hpp"

#if PANTHER_ISA_LEVEL >= 2
#include <immintrin.h>
#endif

namespace panther::PANTHER_ISA_NAMESPACE {

inline constexpr int philox_lanes = 16;

/// Word k of the block of lane l: word[k][l].
struct alignas(64) PhiloxBlocks {
  std::uint32_t word[4][philox_lanes];
};

/// The counters of sixteen blocks: the words of the item are each one's own.
struct alignas(64) PhiloxCounters {
  std::uint32_t c0[philox_lanes];
  std::uint32_t c1[philox_lanes];
  std::uint32_t c2;
  std::uint32_t c3;

  /// Counters of sixteen consecutive items; the low words of the items must not wrap.
  static inline PhiloxCounters consecutive(PhiloxCounter first) {
    PhiloxCounters counters;
    for (int l = 0; l < philox_lanes; ++l) {
      counters.c0[l] = first.c[0] + static_cast<std::uint32_t>(l);
      counters.c1[l] = first.c[1];
    }
    counters.c2 = first.c[2];
    counters.c3 = first.c[3];
    return counters;
  }
};

#if PANTHER_ISA_LEVEL == 512

namespace detail {
struct PhiloxEight {
  __m512i c0, c1, c2, c3;

  PhiloxEight(PhiloxCounters const& counters, int half)
      : c0(widened(counters.c0 + 8 * half)),
        c1(widened(counters.c1 + 8 * half)),
        c2(_mm512_set1_epi64(counters.c2)),
        c3(_mm512_set1_epi64(counters.c3)) {}

  static __m512i widened(std::uint32_t const* words) {
    return _mm512_maskz_cvtepu32_epi64(0xFF,
                                       _mm256_load_si256(reinterpret_cast<__m256i const*>(words)));
  }

  void round(__m512i key_0, __m512i key_1) {
    __m512i const p0 = _mm512_mul_epu32(c0, _mm512_set1_epi64(philox::multiplier_0));
    __m512i const p1 = _mm512_mul_epu32(c2, _mm512_set1_epi64(philox::multiplier_1));
    c0 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), c1, key_0, 0x96);
    c2 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), c3, key_1, 0x96);
    c1 = p1;
    c3 = p0;
  }
};
}  // namespace detail

inline void philox_blocks(PhiloxCounters const& counters, std::uint64_t seed, PhiloxBlocks& out) {
  detail::PhiloxEight low(counters, 0);
  detail::PhiloxEight high(counters, 1);
  auto key_0 = static_cast<std::uint32_t>(seed);
  auto key_1 = static_cast<std::uint32_t>(seed >> 32);
#pragma GCC unroll 10
  for (int round = 0; round < philox::rounds; ++round) {
    __m512i const k0 = _mm512_set1_epi64(key_0);
    __m512i const k1 = _mm512_set1_epi64(key_1);
    low.round(k0, k1);
    high.round(k0, k1);
    key_0 += philox::weyl_0;
    key_1 += philox::weyl_1;
  }
  __m512i const even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
  _mm512_store_si512(out.word[0], _mm512_permutex2var_epi32(low.c0, even, high.c0));
  _mm512_store_si512(out.word[1], _mm512_permutex2var_epi32(low.c1, even, high.c1));
  _mm512_store_si512(out.word[2], _mm512_permutex2var_epi32(low.c2, even, high.c2));
  _mm512_store_si512(out.word[3], _mm512_permutex2var_epi32(low.c3, even, high.c3));
}

#elif PANTHER_ISA_LEVEL == 2

namespace detail {
struct PhiloxFour {
  __m256i c0, c1, c2, c3;

  PhiloxFour(PhiloxCounters const& counters, int quarter)
      : c0(widened(counters.c0 + 4 * quarter)),
        c1(widened(counters.c1 + 4 * quarter)),
        c2(_mm256_set1_epi64x(counters.c2)),
        c3(_mm256_set1_epi64x(counters.c3)) {}

  static __m256i widened(std::uint32_t const* words) {
    return _mm256_cvtepu32_epi64(_mm_load_si128(reinterpret_cast<__m128i const*>(words)));
  }

  void round(__m256i key_0, __m256i key_1) {
    __m256i const p0 = _mm256_mul_epu32(c0, _mm256_set1_epi64x(philox::multiplier_0));
    __m256i const p1 = _mm256_mul_epu32(c2, _mm256_set1_epi64x(philox::multiplier_1));
    c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), c1), key_0);
    c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), c3), key_1);
    c1 = p1;
    c3 = p0;
  }
};

/// The low halves of eight 64-bit lanes.
inline void store_packed(std::uint32_t* to, __m256i first, __m256i second) {
  __m256 const mixed =
      _mm256_shuffle_ps(_mm256_castsi256_ps(first), _mm256_castsi256_ps(second), 0x88);
  _mm256_store_si256(reinterpret_cast<__m256i*>(to),
                     _mm256_permute4x64_epi64(_mm256_castps_si256(mixed), 0xD8));
}
}  // namespace detail

inline void philox_blocks(PhiloxCounters const& counters, std::uint64_t seed, PhiloxBlocks& out) {
  for (int half = 0; half < 2; ++half) {
    detail::PhiloxFour a(counters, 2 * half);
    detail::PhiloxFour b(counters, 2 * half + 1);
    auto key_0 = static_cast<std::uint32_t>(seed);
    auto key_1 = static_cast<std::uint32_t>(seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < philox::rounds; ++round) {
      __m256i const k0 = _mm256_set1_epi64x(key_0);
      __m256i const k1 = _mm256_set1_epi64x(key_1);
      a.round(k0, k1);
      b.round(k0, k1);
      key_0 += philox::weyl_0;
      key_1 += philox::weyl_1;
    }
    detail::store_packed(out.word[0] + 8 * half, a.c0, b.c0);
    detail::store_packed(out.word[1] + 8 * half, a.c1, b.c1);
    detail::store_packed(out.word[2] + 8 * half, a.c2, b.c2);
    detail::store_packed(out.word[3] + 8 * half, a.c3, b.c3);
  }
}

#else

inline void philox_blocks(PhiloxCounters const& counters, std::uint64_t seed, PhiloxBlocks& out) {
  for (int l = 0; l < philox_lanes; ++l) {
    PhiloxWords const words =
        philox4x32({{counters.c0[l], counters.c1[l], counters.c2, counters.c3}},
                   static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
    for (int k = 0; k < 4; ++k) out.word[k][l] = words.w[k];
  }
}

#endif

}  // namespace panther::PANTHER_ISA_NAMESPACE
