// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Philox4x32-10, a counter-based generator: four random words are a function of a 128-bit counter
// and a 64-bit key. Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC'11. The key is the seed; the counter holds stream, item, step and sub-step.

#include "devicemodels/core/streams.hpp"

namespace panther {

struct PhiloxWords {
  std::uint32_t w[4];
};

struct PhiloxCounter {
  std::uint32_t c[4];
};

namespace philox {
inline constexpr std::uint32_t multiplier_0 = 0xD2511F53U;
inline constexpr std::uint32_t multiplier_1 = 0xCD9E8D57U;
inline constexpr std::uint32_t weyl_0 = 0x9E3779B9U;
inline constexpr std::uint32_t weyl_1 = 0xBB67AE85U;
inline constexpr int rounds = 10;
}  // namespace philox

/// The bare generator, as published.
PANTHER_HD PhiloxWords philox4x32(PhiloxCounter counter, std::uint32_t key_0, std::uint32_t key_1) {
  std::uint32_t c0 = counter.c[0];
  std::uint32_t c1 = counter.c[1];
  std::uint32_t c2 = counter.c[2];
  std::uint32_t c3 = counter.c[3];
  for (int round = 0; round < philox::rounds; ++round) {
    std::uint64_t const p0 = static_cast<std::uint64_t>(philox::multiplier_0) * c0;
    std::uint64_t const p1 = static_cast<std::uint64_t>(philox::multiplier_1) * c2;
    c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ key_0;
    c1 = static_cast<std::uint32_t>(p1);
    c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ key_1;
    c3 = static_cast<std::uint32_t>(p0);
    key_0 += philox::weyl_0;
    key_1 += philox::weyl_1;
  }
  return {{c0, c1, c2, c3}};
}

/// Counter layout: item in words 0-1; low 32 bits of step in word 2; word 3 = stream (8 bits),
/// sub-step (8 bits), bits 32-47 of step.
PANTHER_HD PhiloxCounter draw_counter(Stream stream, std::uint64_t item, std::uint64_t step,
                                      std::uint32_t sub_step) {
  return {{static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(item >> 32),
           static_cast<std::uint32_t>(step),
           (static_cast<std::uint32_t>(stream) << 24) | ((sub_step & 255U) << 16) |
               (static_cast<std::uint32_t>(step >> 32) & 0xFFFFU)}};
}

/// Four words of (seed, stream, item, step, sub-step).
PANTHER_HD PhiloxWords draw(std::uint64_t seed, Stream stream, std::uint64_t item,
                            std::uint64_t step, std::uint32_t sub_step = 0) {
  return philox4x32(draw_counter(stream, item, step, sub_step), static_cast<std::uint32_t>(seed),
                    static_cast<std::uint32_t>(seed >> 32));
}

}  // namespace panther
