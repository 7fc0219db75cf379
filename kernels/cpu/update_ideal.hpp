// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ideal device without variation: saturating integer arithmetic on positions, 64 columns at a
// time. Equal to the law in float32, where positions and steps are exact integers; a pair's
// mirrored device moves its reflected position by the same steps.

#include <cstdint>

#include "kernels/cpu/update_columns.hpp"
#include "kernels/cpu/update_group.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

/// True if the integer path holds for a slice: its window must be smaller than 16 bits.
static inline bool fits_integers(int cell_bits) { return cell_bits < 16; }

#if PANTHER_ISA_LEVEL == 512

static inline void move_ideal_half(std::int16_t* codes, __m256i step_bytes, std::uint32_t up,
                                   int cell_bits, GroupCounts& counts) {
  __m512i const flip = _mm512_set1_epi16(static_cast<short>(0x8000));
  __m512i const range = _mm512_set1_epi16(static_cast<short>(window_range(cell_bits)));
  __m512i const most = _mm512_set1_epi16(static_cast<short>(levels_in_window(cell_bits)));
  __m512i const steps = _mm512_cvtepu8_epi16(step_bytes);
  __mmask32 const moved = _mm512_test_epi16_mask(steps, steps);
  __m512i const change =
      _mm512_sll_epi16(_mm512_min_epu16(steps, most), _mm_cvtsi32_si128(16 - cell_bits));
  __m512i const position = _mm512_xor_si512(_mm512_loadu_si512(codes), flip);
  __m512i const raised = _mm512_adds_epu16(position, change);
  __m512i const lowered = _mm512_subs_epu16(position, change);
  __mmask32 const past_high = _mm512_cmpgt_epu16_mask(raised, range);
  __mmask32 const past_low = _mm512_cmpgt_epu16_mask(change, position);
  __mmask32 const past_any = _mm512_cmpgt_epu16_mask(steps, most);
  __m512i const target = _mm512_mask_blend_epi16(up, lowered, _mm512_min_epu16(raised, range));
  _mm512_mask_storeu_epi16(codes, moved, _mm512_xor_si512(target, flip));
  std::uint32_t const saturated = moved & (((up & past_high) | (~up & past_low)) | past_any);
  counts.updates += static_cast<std::uint64_t>(__builtin_popcount(moved));
  counts.saturations += static_cast<std::uint64_t>(__builtin_popcount(saturated));
}

static inline void move_ideal(std::int16_t* codes, Bytes const& bytes, std::uint64_t up, int width,
                              int cell_bits, GroupCounts& counts) {
  auto const all = reinterpret_cast<__m512i const&>(bytes);
  move_ideal_half(codes, _mm512_castsi512_si256(all), static_cast<std::uint32_t>(up), cell_bits,
                  counts);
  if (width > 32) {
    move_ideal_half(codes + 32, _mm512_extracti64x4_epi64(all, 1),
                    static_cast<std::uint32_t>(up >> 32), cell_bits, counts);
  }
  counts.steps += static_cast<std::uint64_t>(
      _mm512_reduce_add_epi64(_mm512_sad_epu8(all, _mm512_setzero_si512())));
}

#else

static inline void move_ideal(std::int16_t* codes, Bytes const& bytes, std::uint64_t up, int width,
                              int cell_bits, GroupCounts& counts) {
  std::int32_t const unit = codes_per_level(cell_bits);
  std::int32_t const range = window_range(cell_bits);
  alignas(64) std::uint8_t steps[group_columns];
  alignas(64) std::int8_t upward[group_columns];
  *reinterpret_cast<Bytes*>(steps) = bytes;
  for (int j = 0; j < group_columns; ++j) upward[j] = static_cast<std::int8_t>((up >> j) & 1U);
  std::int32_t updates = 0;
  std::int32_t total = 0;
  std::int32_t saturations = 0;
  for (int j = 0; j < width; ++j) {
    std::int32_t const change =
        (upward[j] != 0 ? 1 : -1) * static_cast<std::int32_t>(steps[j]) * unit;
    std::int32_t const target = static_cast<std::int32_t>(codes[j]) - code_of_g_min + change;
    std::int32_t const kept = clamped(target, 0, range);
    bool const moved = steps[j] != 0;
    codes[j] = moved ? static_cast<std::int16_t>(kept + code_of_g_min) : codes[j];
    updates += moved ? 1 : 0;
    total += steps[j];
    saturations += moved && kept != target ? 1 : 0;
  }
  counts.updates += static_cast<std::uint64_t>(updates);
  counts.steps += static_cast<std::uint64_t>(total);
  counts.saturations += static_cast<std::uint64_t>(saturations);
}

#endif

}  // namespace panther::PANTHER_ISA_NAMESPACE
