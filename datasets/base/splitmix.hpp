// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014; public-domain code by S. Vigna): a 64-bit
// counter with an integer hash. Its own copy here, because datasets include nothing of ours and
// generated data must never change.

#include <cstdint>

namespace panther {

class SplitMix {
 public:
  explicit constexpr SplitMix(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  /// Uniform over 0 .. count - 1, up to a bias of count / 2^32.
  constexpr int below(int count) {
    return static_cast<int>((next() >> 32) * static_cast<std::uint64_t>(count) >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace panther
