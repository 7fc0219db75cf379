// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The host+device marker and the arithmetic primitives that both compilers must round alike.
// always_inline keeps one copy per caller: units compiled for several instruction sets never share
// a merged out-of-line definition. PANTHER_HD_RARE marks long functions that are seldom called,
// which those units do not use.

#include <cstdint>

#if defined(__CUDACC__)
#define PANTHER_HD __host__ __device__ __forceinline__
#define PANTHER_HD_RARE __host__ __device__ __forceinline__
#else
#define PANTHER_HD inline __attribute__((always_inline))
#define PANTHER_HD_RARE inline __attribute__((noinline))
#endif

/// The same for functions that stay calls on the GPU: their registers are not the kernel's.
#if defined(__CUDACC__)
#define PANTHER_HD_CALL __host__ __device__ __noinline__
#else
#define PANTHER_HD_CALL PANTHER_HD
#endif

namespace panther {

#if defined(__SIZEOF_INT128__)
__extension__ typedef __int128 i128;
#endif

/// x·y + z with one rounding, on every backend.
PANTHER_HD float fused(float x, float y, float z) {
#if defined(__CUDA_ARCH__)
  return __fmaf_rn(x, y, z);
#else
  return __builtin_fmaf(x, y, z);
#endif
}

/// Correctly rounded square root.
PANTHER_HD float root(float x) {
#if defined(__CUDA_ARCH__)
  return __fsqrt_rn(x);
#else
  return __builtin_sqrtf(x);
#endif
}

/// Correctly rounded square root.
PANTHER_HD double root(double x) {
#if defined(__CUDA_ARCH__)
  return __dsqrt_rn(x);
#else
  return __builtin_sqrt(x);
#endif
}

PANTHER_HD float float_of_bits(std::int32_t bits) {
#if defined(__CUDA_ARCH__)
  return __int_as_float(bits);
#else
  return __builtin_bit_cast(float, bits);
#endif
}

PANTHER_HD std::int32_t bits_of_float(float value) {
#if defined(__CUDA_ARCH__)
  return __float_as_int(value);
#else
  return __builtin_bit_cast(std::int32_t, value);
#endif
}

/// condition ? a : b without control flow. Compilers thread jumps through chains of ordinary
/// selections and then cannot turn the loop around them into vectors; a choice by bit masks stays
/// straight-line code.
PANTHER_HD float chosen(bool condition, float a, float b) {
#if defined(__CUDA_ARCH__)
  return condition ? a : b;
#else
  std::int32_t const mask = -static_cast<std::int32_t>(condition);
  return float_of_bits((bits_of_float(a) & mask) | (bits_of_float(b) & ~mask));
#endif
}

PANTHER_HD std::int32_t chosen(bool condition, std::int32_t a, std::int32_t b) {
#if defined(__CUDA_ARCH__)
  return condition ? a : b;
#else
  std::int32_t const mask = -static_cast<std::int32_t>(condition);
  return (a & mask) | (b & ~mask);
#endif
}

template <class T>
PANTHER_HD T smaller(T a, T b) {
  return b < a ? b : a;
}

template <class T>
PANTHER_HD T larger(T a, T b) {
  return a < b ? b : a;
}

/// The value within [low, high]; low <= high. Two selections in a row, not one in the other: a
/// vector unit takes each for one comparison and one blend.
template <class T>
PANTHER_HD T clamped(T value, T low, T high) {
  return smaller(larger(value, low), high);
}

}  // namespace panther
