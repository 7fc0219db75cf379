// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a core can multiply and add in a second, on registers alone: in int16, as reads of int16
// codes do, and in float32, as reads of float32 state would. Written in assembly so that nothing
// else runs.

#include <algorithm>
#include <chrono>

#include "kernels/cpu/isa.hpp"

namespace panther {

using Clock = std::chrono::steady_clock;

inline double seconds(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

inline constexpr int ceiling_rounds = 4096;

/// Products a second of a burst of rounds of `products` each, the best of some bursts.
template <class Burst>
double best_rate(double products, Burst const& burst) {
  double best = 0.0;
  for (int trial = 0; trial < 50; ++trial) {
    Clock::time_point const start = Clock::now();
    burst();
    best = std::max(best, products * ceiling_rounds / seconds(start));
  }
  return best;
}

#if defined(__x86_64__)
/// 16 independent vpdpwssd a round: 32 products each.
__attribute__((target("avx512f,avx512bw,avx512vnni"))) inline void multiply_avx512() {
  for (int i = 0; i < ceiling_rounds; ++i) {
    asm volatile(
        "vpdpwssd %%zmm31, %%zmm30, %%zmm0\n vpdpwssd %%zmm31, %%zmm30, %%zmm1\n"
        "vpdpwssd %%zmm31, %%zmm30, %%zmm2\n vpdpwssd %%zmm31, %%zmm30, %%zmm3\n"
        "vpdpwssd %%zmm31, %%zmm30, %%zmm4\n vpdpwssd %%zmm31, %%zmm30, %%zmm5\n"
        "vpdpwssd %%zmm31, %%zmm30, %%zmm6\n vpdpwssd %%zmm31, %%zmm30, %%zmm7\n"
        "vpdpwssd %%zmm31, %%zmm30, %%zmm8\n vpdpwssd %%zmm31, %%zmm30, %%zmm9\n"
        "vpdpwssd %%zmm31, %%zmm30, %%zmm10\n vpdpwssd %%zmm31, %%zmm30, %%zmm11\n"
        "vpdpwssd %%zmm31, %%zmm30, %%zmm12\n vpdpwssd %%zmm31, %%zmm30, %%zmm13\n"
        "vpdpwssd %%zmm31, %%zmm30, %%zmm14\n vpdpwssd %%zmm31, %%zmm30, %%zmm15\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  }
}

/// 8 pairs of vpmaddwd and vpaddd a round: 16 products each.
__attribute__((target("avx2"))) inline void multiply_avx2() {
  for (int i = 0; i < ceiling_rounds; ++i) {
    asm volatile(
        "vpmaddwd %%ymm15, %%ymm14, %%ymm8\n vpaddd %%ymm8, %%ymm0, %%ymm0\n"
        "vpmaddwd %%ymm15, %%ymm14, %%ymm9\n vpaddd %%ymm9, %%ymm1, %%ymm1\n"
        "vpmaddwd %%ymm15, %%ymm14, %%ymm10\n vpaddd %%ymm10, %%ymm2, %%ymm2\n"
        "vpmaddwd %%ymm15, %%ymm14, %%ymm11\n vpaddd %%ymm11, %%ymm3, %%ymm3\n"
        "vpmaddwd %%ymm15, %%ymm14, %%ymm12\n vpaddd %%ymm12, %%ymm4, %%ymm4\n"
        "vpmaddwd %%ymm15, %%ymm14, %%ymm13\n vpaddd %%ymm13, %%ymm5, %%ymm5\n"
        "vpmaddwd %%ymm15, %%ymm14, %%ymm8\n vpaddd %%ymm8, %%ymm6, %%ymm6\n"
        "vpmaddwd %%ymm15, %%ymm14, %%ymm9\n vpaddd %%ymm9, %%ymm7, %%ymm7\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  }
}

/// 16 independent vfmadd231ps a round: 16 products each.
__attribute__((target("avx512f"))) inline void multiply_floats_avx512() {
  for (int i = 0; i < ceiling_rounds; ++i) {
    asm volatile(
        "vfmadd231ps %%zmm31, %%zmm30, %%zmm0\n vfmadd231ps %%zmm31, %%zmm30, %%zmm1\n"
        "vfmadd231ps %%zmm31, %%zmm30, %%zmm2\n vfmadd231ps %%zmm31, %%zmm30, %%zmm3\n"
        "vfmadd231ps %%zmm31, %%zmm30, %%zmm4\n vfmadd231ps %%zmm31, %%zmm30, %%zmm5\n"
        "vfmadd231ps %%zmm31, %%zmm30, %%zmm6\n vfmadd231ps %%zmm31, %%zmm30, %%zmm7\n"
        "vfmadd231ps %%zmm31, %%zmm30, %%zmm8\n vfmadd231ps %%zmm31, %%zmm30, %%zmm9\n"
        "vfmadd231ps %%zmm31, %%zmm30, %%zmm10\n vfmadd231ps %%zmm31, %%zmm30, %%zmm11\n"
        "vfmadd231ps %%zmm31, %%zmm30, %%zmm12\n vfmadd231ps %%zmm31, %%zmm30, %%zmm13\n"
        "vfmadd231ps %%zmm31, %%zmm30, %%zmm14\n vfmadd231ps %%zmm31, %%zmm30, %%zmm15\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  }
}

/// 12 independent vfmadd231ps a round: 8 products each.
__attribute__((target("avx2,fma"))) inline void multiply_floats_avx2() {
  for (int i = 0; i < ceiling_rounds; ++i) {
    asm volatile(
        "vfmadd231ps %%ymm15, %%ymm14, %%ymm0\n vfmadd231ps %%ymm15, %%ymm14, %%ymm1\n"
        "vfmadd231ps %%ymm15, %%ymm14, %%ymm2\n vfmadd231ps %%ymm15, %%ymm14, %%ymm3\n"
        "vfmadd231ps %%ymm15, %%ymm14, %%ymm4\n vfmadd231ps %%ymm15, %%ymm14, %%ymm5\n"
        "vfmadd231ps %%ymm15, %%ymm14, %%ymm6\n vfmadd231ps %%ymm15, %%ymm14, %%ymm7\n"
        "vfmadd231ps %%ymm15, %%ymm14, %%ymm8\n vfmadd231ps %%ymm15, %%ymm14, %%ymm9\n"
        "vfmadd231ps %%ymm15, %%ymm14, %%ymm10\n vfmadd231ps %%ymm15, %%ymm14, %%ymm11\n" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
              "xmm10", "xmm11");
  }
}
#endif

/// MAC/s of the instruction set's int16 multiply-add; 0: no vectors.
inline double ceiling([[maybe_unused]] Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx512) return best_rate(16 * 32.0, multiply_avx512);
  if (isa == Isa::avx2) return best_rate(8 * 16.0, multiply_avx2);
#endif
  return 0.0;
}

/// The same of its float32 multiply-add.
inline double float_ceiling([[maybe_unused]] Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx512) return best_rate(16 * 16.0, multiply_floats_avx512);
  if (isa == Isa::avx2) return best_rate(12 * 8.0, multiply_floats_avx2);
#endif
  return 0.0;
}

}  // namespace panther
