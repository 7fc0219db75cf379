// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a tuned kernel is, whoever runs it. The body of a block of threads is cut at its barriers
// into steps; a step is one function of (block, thread), so that the GPU runs the threads of a
// block side by side and a test on the host runs the same functions one thread after the other, in
// any order.
//
// A block kernel is a trivially copyable struct with
//   Shared, Private      memory of a block, and what one thread keeps from step to step
//   (registers);
//                        both start uninitialised
//   max_threads          bound on threads(), for the register allocation
//   resident_blocks      blocks that a multiprocessor should hold at a time, likewise
//   threads()            threads of a block, a multiple of 32
//   blocks(), steps()    how many; the same number of steps in every block
//   step(s, block, thread, shared, mine)
// Within a step no thread may read what another thread of the step writes, atomics excepted.

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "devicemodels/core/hd.hpp"

/// Before a loop, for the GPU: unrolled, so that arrays it indexes stay in registers; or rolled, so
/// that it needs fewer.
#if defined(__CUDA_ARCH__)
#define PANTHER_UNROLL _Pragma("unroll")
#define PANTHER_ROLL _Pragma("unroll 1")
#else
#define PANTHER_UNROLL
#define PANTHER_ROLL
#endif

namespace panther::cuda {

inline constexpr int warp_threads = 32;

template <class K>
concept BlockKernel = std::is_trivially_copyable_v<K> && K::max_threads % warp_threads == 0 &&
                      K::resident_blocks >= 1 &&
                      requires(K const& kernel, typename K::Shared& shared,
                               typename K::Private& mine) {
  { kernel.threads() } -> std::same_as<int>;
  { kernel.blocks() } -> std::same_as<std::int64_t>;
  { kernel.steps() } -> std::same_as<int>;
  kernel.step(int{}, std::int64_t{}, int{}, shared, mine);
};

/// A value of every thread of a warp, summed; lane 0 gets the sum, the others 0. Called by whole
/// warps. On the host, where threads run one by one, every thread keeps its value: what is added up
/// later is the same.
PANTHER_HD std::uint64_t warp_sum(std::uint64_t value) {
#if defined(__CUDA_ARCH__)
  auto sum = static_cast<unsigned long long>(value);
  for (int distance = warp_threads / 2; distance > 0; distance /= 2) {
    sum += __shfl_down_sync(0xFFFFFFFFU, sum, static_cast<unsigned>(distance));
  }
  return threadIdx.x % warp_threads == 0 ? sum : 0;
#else
  return value;
#endif
}

/// The largest value of a warp, in every thread of it; on the host the thread's own.
PANTHER_HD std::int32_t warp_max(std::int32_t value) {
#if defined(__CUDA_ARCH__)
  for (int distance = warp_threads / 2; distance > 0; distance /= 2) {
    value = max(value, __shfl_xor_sync(0xFFFFFFFFU, value, distance));
  }
#endif
  return value;
}

PANTHER_HD int ones(std::uint32_t word) {
#if defined(__CUDA_ARCH__)
  return __popc(word);
#else
  return __builtin_popcount(word);
#endif
}

/// The lowest 16 bits in reverse order.
PANTHER_HD std::uint32_t reversed16(std::uint32_t word) {
#if defined(__CUDA_ARCH__)
  return __brev(word) >> 16;
#else
  std::uint32_t result = 0;
  for (int bit = 0; bit < 16; ++bit) result |= ((word >> bit) & 1U) << (15 - bit);
  return result;
#endif
}

PANTHER_HD std::int64_t pieces_of(std::int64_t whole, std::int64_t piece) {
  return (whole + piece - 1) / piece;
}

}  // namespace panther::cuda
