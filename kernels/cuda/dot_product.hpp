// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two int16 x int8 products and their sum in one instruction (dp2a), exact in int32.
// `codes` holds the codes of two lines, the first in the low half. `digits` holds four bytes: the
// two lines' digits in one stream step (bytes 0 and 1), then in the next (bytes 2 and 3).

#include <cstdint>

#include "devicemodels/core/hd.hpp"

namespace panther::cuda {

namespace detail {
PANTHER_HD std::int32_t half(std::uint32_t codes, int which) {
  return static_cast<std::int16_t>(codes >> (16 * which));
}
PANTHER_HD std::int32_t signed_byte(std::uint32_t digits, int which) {
  return static_cast<std::int8_t>(digits >> (8 * which));
}
}  // namespace detail

/// Adds the products with bytes 0 and 1, signed.
PANTHER_HD std::int32_t dot_first(std::uint32_t codes, std::uint32_t digits, std::int32_t sum) {
#if defined(__CUDA_ARCH__)
  return __dp2a_lo(static_cast<int>(codes), static_cast<int>(digits), sum);
#else
  return sum + detail::half(codes, 0) * detail::signed_byte(digits, 0) +
         detail::half(codes, 1) * detail::signed_byte(digits, 1);
#endif
}

/// Adds the products with bytes 2 and 3, signed.
PANTHER_HD std::int32_t dot_second(std::uint32_t codes, std::uint32_t digits, std::int32_t sum) {
#if defined(__CUDA_ARCH__)
  return __dp2a_hi(static_cast<int>(codes), static_cast<int>(digits), sum);
#else
  return dot_first(codes, digits >> 16, sum);
#endif
}

/// Adds the products with bytes 0 and 1, unsigned: the low byte of a 16-bit input.
PANTHER_HD std::int32_t dot_first_unsigned(std::uint32_t codes, std::uint32_t digits,
                                           std::int32_t sum) {
#if defined(__CUDA_ARCH__)
  std::int32_t result;
  asm("dp2a.lo.s32.u32 %0, %1, %2, %3;" : "=r"(result) : "r"(codes), "r"(digits), "r"(sum));
  return result;
#else
  return sum + detail::half(codes, 0) * static_cast<std::int32_t>(digits & 255U) +
         detail::half(codes, 1) * static_cast<std::int32_t>((digits >> 8) & 255U);
#endif
}

/// Sixteen bytes from an address that is a multiple of 16.
struct alignas(16) Words4 {
  std::uint32_t w[4];
};

PANTHER_HD Words4 load_words4(void const* from) {
#if defined(__CUDA_ARCH__)
  uint4 const v = *static_cast<uint4 const*>(from);
  return {{v.x, v.y, v.z, v.w}};
#else
  Words4 words;
  __builtin_memcpy(&words, from, sizeof words);
  return words;
#endif
}

}  // namespace panther::cuda
