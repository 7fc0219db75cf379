// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sixteen Philox blocks at once, for items that follow each other. Included by units that are
// compiled once per instruction set; each keeps its own copy.

#include <cstdint>

#include "devicemodels/core/philox.hpp"

#if PANTHER_ISA_LEVEL > 0
#include <immintrin.h>
#endif

namespace panther::PANTHER_ISA_NAMESPACE {

inline constexpr int philox_lanes = 16;

/// words[k][l]: word k of the block of item + l. The low 22 bits of the items must not overflow.
struct LaneWords {
  alignas(64) std::uint32_t words[4][philox_lanes];
};

#if PANTHER_ISA_LEVEL == 512

using LaneVector = __m512i;
inline constexpr int lanes_of_vector = 16;
static inline LaneVector lane_set(std::uint32_t value) {
  return _mm512_set1_epi32(static_cast<int>(value));
}
static inline LaneVector lane_load(std::uint32_t const* p) { return _mm512_loadu_si512(p); }
static inline void lane_store(std::uint32_t* p, LaneVector v) { _mm512_storeu_si512(p, v); }
static inline LaneVector lane_xor(LaneVector a, LaneVector b, LaneVector c) {
  return _mm512_ternarylogic_epi32(a, b, c, 0x96);
}
static inline LaneVector lane_add(LaneVector a, LaneVector b) { return _mm512_add_epi32(a, b); }
static inline void lane_product(LaneVector a, LaneVector m, LaneVector& high, LaneVector& low) {
  LaneVector const even = _mm512_mul_epu32(a, m);
  LaneVector const odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), m);
  high = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 32), odd);
  low = _mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
}

#elif PANTHER_ISA_LEVEL == 2

using LaneVector = __m256i;
inline constexpr int lanes_of_vector = 8;
static inline LaneVector lane_set(std::uint32_t value) {
  return _mm256_set1_epi32(static_cast<int>(value));
}
static inline LaneVector lane_load(std::uint32_t const* p) {
  return _mm256_loadu_si256(reinterpret_cast<__m256i const*>(p));
}
static inline void lane_store(std::uint32_t* p, LaneVector v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
}
static inline LaneVector lane_xor(LaneVector a, LaneVector b, LaneVector c) {
  return _mm256_xor_si256(_mm256_xor_si256(a, b), c);
}
static inline LaneVector lane_add(LaneVector a, LaneVector b) { return _mm256_add_epi32(a, b); }
static inline void lane_product(LaneVector a, LaneVector m, LaneVector& high, LaneVector& low) {
  LaneVector const even = _mm256_mul_epu32(a, m);
  LaneVector const odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), m);
  high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
  low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
}

#endif

#if PANTHER_ISA_LEVEL > 0

/// The rounds of all sixteen blocks, vectors interleaved so that products overlap.
static inline void draw_lanes(std::uint64_t seed, Stream stream, std::uint64_t item,
                              std::uint64_t step, std::uint32_t sub_step, LaneWords& out) {
  constexpr int vectors = philox_lanes / lanes_of_vector;
  alignas(64) static constexpr std::uint32_t offsets[philox_lanes] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                                      8, 9, 10, 11, 12, 13, 14, 15};
  PhiloxCounter const counter = draw_counter(stream, item, step, sub_step);
  LaneVector const multiplier_0 = lane_set(philox::multiplier_0);
  LaneVector const multiplier_1 = lane_set(philox::multiplier_1);
  LaneVector c0[vectors], c1[vectors], c2[vectors], c3[vectors];
  for (int v = 0; v < vectors; ++v) {
    c0[v] = lane_add(lane_set(counter.c[0]), lane_load(offsets + v * lanes_of_vector));
    c1[v] = lane_set(counter.c[1]);
    c2[v] = lane_set(counter.c[2]);
    c3[v] = lane_set(counter.c[3]);
  }
  auto key_0 = static_cast<std::uint32_t>(seed);
  auto key_1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < philox::rounds; ++round) {
    LaneVector const k0 = lane_set(key_0);
    LaneVector const k1 = lane_set(key_1);
    for (int v = 0; v < vectors; ++v) {
      LaneVector high_0, low_0, high_1, low_1;
      lane_product(c0[v], multiplier_0, high_0, low_0);
      lane_product(c2[v], multiplier_1, high_1, low_1);
      c0[v] = lane_xor(high_1, c1[v], k0);
      c1[v] = low_1;
      c2[v] = lane_xor(high_0, c3[v], k1);
      c3[v] = low_0;
    }
    key_0 += philox::weyl_0;
    key_1 += philox::weyl_1;
  }
  for (int v = 0; v < vectors; ++v) {
    lane_store(out.words[0] + v * lanes_of_vector, c0[v]);
    lane_store(out.words[1] + v * lanes_of_vector, c1[v]);
    lane_store(out.words[2] + v * lanes_of_vector, c2[v]);
    lane_store(out.words[3] + v * lanes_of_vector, c3[v]);
  }
}

#else

static inline void draw_lanes(std::uint64_t seed, Stream stream, std::uint64_t item,
                              std::uint64_t step, std::uint32_t sub_step, LaneWords& out) {
  for (int lane = 0; lane < philox_lanes; ++lane) {
    PhiloxWords const words =
        draw(seed, stream, item + static_cast<std::uint64_t>(lane), step, sub_step);
    for (int k = 0; k < 4; ++k) out.words[k][lane] = words.w[k];
  }
}

#endif

}  // namespace panther::PANTHER_ISA_NAMESPACE
