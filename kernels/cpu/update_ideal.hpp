// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ideal device without noise and variation, in integers: a position moves by steps * unit as
// far as there is room. Equal to the law in float32, where these numbers are exact integers, for
// every code of the window. A mirrored device moves its reflected position by as much, which is the
// same move of the code.

#include <cstdint>

#include "kernels/cpu/update_panel.hpp"

#if PANTHER_ISA_LEVEL == 512
#include <immintrin.h>
#endif

namespace panther::PANTHER_ISA_NAMESPACE {

/// Counts of one slice.
struct UpdateTally {
  std::uint64_t updates = 0;
  std::uint64_t steps = 0;
  std::uint64_t saturations = 0;
};

#if PANTHER_ISA_LEVEL == 512

/// Moves 32 devices; returns how many hit an end.
inline int move_ideal_half(std::int16_t* codes, __m256i step_bytes, __mmask32 up, int cell_bits) {
  __m512i const flip = _mm512_set1_epi16(static_cast<short>(0x8000));
  __m512i const range = _mm512_set1_epi16(static_cast<short>(window_range(cell_bits)));
  __m512i const most = _mm512_set1_epi16(static_cast<short>(levels_in_window(cell_bits)));
  __m512i const steps = _mm512_cvtepu8_epi16(step_bytes);
  __m512i const whole = _mm512_sll_epi16(steps, _mm_cvtsi32_si128(16 - cell_bits));
  __m512i const change = _mm512_mask_mov_epi16(whole, _mm512_cmpgt_epu16_mask(steps, most),
                                               _mm512_set1_epi16(-1));  // farther than any window
  __m512i const position = _mm512_xor_si512(_mm512_loadu_si512(codes), flip);
  __m512i const room = _mm512_mask_sub_epi16(position, up, range, position);
  __m512i const held = _mm512_min_epu16(change, room);
  __m512i const target =
      _mm512_mask_add_epi16(_mm512_sub_epi16(position, held), up, position, held);
  _mm512_storeu_si512(codes, _mm512_xor_si512(target, flip));
  return __builtin_popcount(_mm512_cmpgt_epu16_mask(change, room));
}

/// Moves the devices of one row of a plane by byte counts. `width`: columns in memory.
inline void move_ideal(std::int16_t* codes, std::uint8_t const* steps, std::uint8_t const* up,
                       int width, int cell_bits, UpdateTally& tally) {
  __m512i sum = _mm512_setzero_si512();
  std::uint64_t updates = 0;
  std::uint64_t saturations = 0;
  for (int c = 0; c < width; c += group_columns) {
    __m512i const bytes = _mm512_load_si512(steps + c);
    __mmask64 const moved = _mm512_test_epi8_mask(bytes, bytes);
    if (moved == 0) continue;
    __mmask64 const upward = _mm512_movepi8_mask(_mm512_load_si512(up + c));
    saturations += static_cast<unsigned>(move_ideal_half(
        codes + c, _mm512_castsi512_si256(bytes), static_cast<__mmask32>(upward), cell_bits));
    if (width - c > 32) {
      saturations +=
          static_cast<unsigned>(move_ideal_half(codes + c + 32, _mm512_extracti64x4_epi64(bytes, 1),
                                                static_cast<__mmask32>(upward >> 32), cell_bits));
    }
    sum = _mm512_add_epi64(sum, _mm512_sad_epu8(bytes, _mm512_setzero_si512()));
    updates += static_cast<unsigned>(__builtin_popcountll(moved));
  }
  tally.updates += updates;
  tally.saturations += saturations;
  tally.steps += static_cast<std::uint64_t>(_mm512_reduce_add_epi64(sum));
}

#else

inline void move_ideal(std::int16_t* codes, std::uint8_t const* steps, std::uint8_t const* up,
                       int width, int cell_bits, UpdateTally& tally) {
  auto const range = static_cast<std::uint16_t>(window_range(cell_bits));
  auto const most = static_cast<std::uint16_t>(levels_in_window(cell_bits));
  int const shift = 16 - cell_bits;
  std::uint32_t updates = 0;
  std::uint32_t sum = 0;
  std::uint32_t saturations = 0;
  for (int c = 0; c < width; ++c) {
    std::uint16_t const count = steps[c];
    auto const whole = static_cast<std::uint16_t>(count << shift);
    std::uint16_t const change = count > most ? std::uint16_t{65535} : whole;
    auto const position = static_cast<std::uint16_t>(codes[c] ^ 0x8000);
    bool const upward = up[c] != 0;
    std::uint16_t const room = upward ? static_cast<std::uint16_t>(range - position) : position;
    std::uint16_t const held = smaller(change, room);
    std::uint16_t const target = upward ? static_cast<std::uint16_t>(position + held)
                                        : static_cast<std::uint16_t>(position - held);
    codes[c] = static_cast<std::int16_t>(target ^ 0x8000);
    saturations += change > room ? 1U : 0U;
    updates += count != 0 ? 1U : 0U;
    sum += count;
  }
  tally.updates += updates;
  tally.saturations += saturations;
  tally.steps += sum;
}

#endif

/// The same by counts of more than eight bits.
inline void move_ideal(std::int16_t* codes, std::uint32_t const* steps, std::uint8_t const* up,
                       int width, int cell_bits, UpdateTally& tally) {
  std::int32_t const range = window_range(cell_bits);
  int const shift = 16 - cell_bits;
  std::uint32_t updates = 0;
  std::uint64_t sum = 0;
  std::uint32_t saturations = 0;
  for (int c = 0; c < width; ++c) {
    // 2^16 steps leave every window from everywhere.
    auto const count = static_cast<std::int32_t>(smaller(steps[c], 65536U));
    std::int32_t const change = count << shift;
    std::int32_t const position = codes[c] - code_of_g_min;
    std::int32_t const room = up[c] != 0 ? range - position : position;
    std::int32_t const held = smaller(change, room);
    codes[c] = static_cast<std::int16_t>(code_of_g_min + position + (up[c] != 0 ? held : -held));
    saturations += change > room ? 1U : 0U;
    updates += count != 0 ? 1U : 0U;
    sum += steps[c];
  }
  tally.updates += updates;
  tally.saturations += saturations;
  tally.steps += sum;
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
