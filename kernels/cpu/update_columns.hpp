// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one example applies on the columns of a block, prepared once for all rows.
//
// digit_s((|U| << t) >> drop) depends only on q = p s + drop - t: p bits of |U| from bit q on. So
// 16 + p - 1 planes of bytes, one for each q, hold every digit that a row can meet, and the step
// count of a slice is the sum of the planes that the set bits of |X| select. Counts fit a byte for
// p <= 4.

#include <cstdint>

#include "kernels/xbar/update.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

inline constexpr int group_columns = 64;
inline constexpr int block_groups = 8;
inline constexpr int block_columns = group_columns * block_groups;
inline constexpr int widest_byte_digit = 4;
inline constexpr int digit_planes = 16 + widest_byte_digit - 1;

typedef std::uint8_t Bytes __attribute__((vector_size(group_columns), may_alias));

/// Columns [first, first + count) of one example.
struct ColumnBlock {
  alignas(64) std::uint8_t digits[digit_planes][block_columns];
  alignas(64) std::uint16_t magnitude[block_columns];
  std::uint64_t negative[block_groups];  // bit: sign of U
  std::uint64_t driven[block_groups];    // bit: U is not zero
  int first;
  int count;
  int groups;
  int drop;
  int digit_bits;
  int top_bit;  // bits of the largest |U|
  std::uint16_t largest;
};

static inline void load_columns(UpdateArgs const& args, std::int64_t vector, int first,
                                ColumnBlock& block) {
  block.first = first;
  block.count = smaller(block_columns, args.shape.cols - first);
  block.groups = (block.count + group_columns - 1) / group_columns;
  block.drop = args.drop[vector];
  block.digit_bits = args.slicing.digit_bits;
  std::int16_t const* const u = args.u + vector * args.shape.cols + first;
  std::uint32_t largest = 0;
  for (int col = 0; col < block.groups * group_columns; ++col) {
    std::uint32_t const magnitude = col < block.count ? magnitude_of(u[col]) : 0U;
    block.magnitude[col] = static_cast<std::uint16_t>(magnitude);
    largest = larger(largest, magnitude);
  }
  for (int group = 0; group < block.groups; ++group) {
    std::uint64_t negative = 0;
    std::uint64_t driven = 0;
    int const last = smaller(group_columns, block.count - group * group_columns);
    for (int j = 0; j < last; ++j) {
      std::int16_t const value = u[group * group_columns + j];
      negative |= static_cast<std::uint64_t>(value < 0) << j;
      driven |= static_cast<std::uint64_t>(value != 0) << j;
    }
    block.negative[group] = negative;
    block.driven[group] = driven;
  }
  block.largest = static_cast<std::uint16_t>(largest);
  block.top_bit = 64 - leading_zeros(largest);
}

/// The byte planes; p <= widest_byte_digit.
static inline void load_digits(ColumnBlock& block) {
  int const p = block.digit_bits;
  auto const mask = static_cast<std::uint32_t>((1 << p) - 1);
  int const columns = block.groups * group_columns;
  for (int q = 1 - p; q < block.top_bit; ++q) {
    std::uint8_t* const plane = block.digits[q + p - 1];
    int const right = larger(q, 0);
    int const left = larger(-q, 0);
    for (int col = 0; col < columns; ++col) {
      plane[col] = static_cast<std::uint8_t>(
          ((static_cast<std::uint32_t>(block.magnitude[col]) >> right) << left) & mask);
    }
  }
}

/// The planes that a row meets in one slice.
struct PlaneList {
  int count;
  std::uint8_t const* plane[16];
};

/// `x`: the stream steps that act, as bits of |X|.
static inline PlaneList planes_of(ColumnBlock const& block, std::uint32_t x, int slice) {
  PlaneList list;
  list.count = 0;
  for (std::uint32_t bits = x; bits != 0; bits &= bits - 1) {
    int const q = block.digit_bits * slice + block.drop - __builtin_ctz(bits);
    if (q > -block.digit_bits && q < block.top_bit) {
      list.plane[list.count++] = block.digits[q + block.digit_bits - 1];
    }
  }
  return list;
}

/// Step counts of a group's columns.
static inline void sum_steps(PlaneList const& list, int group, Bytes& steps) {
  Bytes sum = {};
  for (int i = 0; i < list.count; ++i) {
    sum += *reinterpret_cast<Bytes const*>(list.plane[i] + group * group_columns);
  }
  steps = sum;
}

static inline bool any_of(Bytes const& bytes) {
  typedef std::uint64_t Quads __attribute__((vector_size(group_columns), may_alias));
  auto const quads = reinterpret_cast<Quads const&>(bytes);
  std::uint64_t all = 0;
  for (int i = 0; i < 8; ++i) all |= quads[i];
  return all != 0;
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
