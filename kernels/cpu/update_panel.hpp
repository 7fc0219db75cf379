// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What all rows share of one example's update of a panel of columns, and the level steps of one
// row.
//
// digit_s((|U| << t) >> drop) depends on s, drop and t only through q = p s + drop - t, so for
// digits of up to four bits the digits of every q are tabulated once an example, a byte a column;
// the steps of slice s are the sum of the tables of the set bits of |X|, at most 225 a byte: eight
// columns an integer addition of 64 bits, whatever the instruction set. Wider digits use 32 bits.

#include <cstdint>

#include "kernels/cpu/update_units.hpp"
#include "kernels/xbar/update.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

inline constexpr int panel_columns = 256;
inline constexpr int panel_groups = panel_columns / group_columns;
inline constexpr int widest_table_digit = 4;
inline constexpr int digit_tables = 16 + widest_table_digit - 1;

/// Steps of one slice of one row; a byte a column where digits are narrow.
struct alignas(64) PanelSteps {
  std::uint8_t byte[panel_columns];
  std::uint32_t word[panel_columns];
};

struct alignas(64) UpdatePanel {
  std::uint8_t digit[digit_tables][panel_columns];  // [q + p - 1]
  std::uint8_t up[2][panel_columns];  // 255: devices go up in a row of positive [0], negative [1] X
  std::uint32_t magnitude[panel_columns];  // |U|; digit and delta drives: of the row's product
  int first;                               // column
  int columns;
  int groups;
  int digit_bits;
  int gain_bits;  // of the slicing
  int drop;
  std::uint32_t reachable;  // bit k: some column's digit of q = 15 - k is not zero
  int longest;              // bits of the largest |U|

  /// Stream steps that move some device of the slice.
  std::uint32_t stream_steps(int slice) const {
    int const shift = digit_bits * slice + drop - 15;
    if (shift >= 16 || shift <= -32) return 0;
    return (shift >= 0 ? reachable << shift : reachable >> -shift) & 0xFFFFU;
  }

  void place(int first_column, UpdateArgs const& args) {
    first = first_column;
    columns = smaller(args.shape.cols - first_column, panel_columns);
    groups = (columns + group_columns - 1) / group_columns;
    drop = 0;
    digit_bits = args.slicing.digit_bits;
    gain_bits = args.slicing.gain_bits;
  }

  /// Whether a row's steps fit a byte.
  bool narrow() const { return digit_bits <= widest_table_digit && gain_bits == 0; }

  /// Columns of one example's U.
  void load(std::int16_t const* u, int drop_bits) {
    drop = drop_bits;
    std::uint32_t any = 0;
    for (int c = 0; c < columns; ++c) {
      std::int32_t const value = u[c];
      magnitude[c] = magnitude_of(value);
      any |= magnitude[c];
      up[0][c] = value < 0 ? 255 : 0;
      up[1][c] = value < 0 ? 0 : 255;
    }
    for (int c = columns; c < groups * group_columns; ++c) {
      magnitude[c] = 0;
      up[0][c] = 0;
      up[1][c] = 0;
    }
    longest = 64 - leading_zeros(any);
    reachable = 0;
    for (int bit = 0; bit < 16; ++bit) {
      if (((any >> bit) & 1U) != 0) reachable |= ((1U << digit_bits) - 1U) << (15 - bit);
    }
  }

  void tabulate_digits() {
    auto const mask = static_cast<std::uint16_t>((1U << digit_bits) - 1U);
    std::uint16_t words[panel_columns];
    for (int c = 0; c < groups * group_columns; ++c) {
      words[c] = static_cast<std::uint16_t>(magnitude[c]);
    }
    for (int q = 1 - digit_bits; q <= 15; ++q) {
      if (((reachable >> (15 - q)) & 1U) == 0) continue;  // no stream step asks for it
      std::uint8_t* const table = digit[q + digit_bits - 1];
      for (int c = 0; c < groups * group_columns; ++c) {
        table[c] = static_cast<std::uint8_t>((q >= 0 ? words[c] >> q : words[c] << -q) & mask);
      }
    }
  }

  std::uint8_t const* digits_of_step(int slice, int t) const {
    return digit[digit_bits * slice + drop - t + digit_bits - 1];
  }

  /// Columns whose |U| has more than `bits` bits.
  std::uint64_t columns_longer_than(int bits) const {
    if (bits >= longest) return 0;
    std::uint32_t found = 0;
    for (int c = 0; c < groups * group_columns; ++c) {
      found += (magnitude[c] >> larger(bits, 0)) != 0 ? 1U : 0U;
    }
    return found;
  }
};

/// Sums the tables of the stream steps `bits` of a slice.
template <int groups>
inline void sum_tables(UpdatePanel const& panel, int slice, std::uint32_t bits, PanelSteps& steps) {
  typedef std::uint64_t Bytes __attribute__((vector_size(64), may_alias));
  Bytes sum[static_cast<std::size_t>(groups)];
  for (int g = 0; g < groups; ++g) sum[g] = Bytes{};
  for (; bits != 0; bits &= bits - 1U) {
    auto const* const table =
        reinterpret_cast<Bytes const*>(panel.digits_of_step(slice, __builtin_ctz(bits)));
    for (int g = 0; g < groups; ++g) sum[g] = sum[g] + table[g];
  }
  for (int g = 0; g < groups; ++g) reinterpret_cast<Bytes*>(steps.byte)[g] = sum[g];
}

/// Steps of the set bits of |X| in `bits`, of a narrow panel.
inline void count_byte_steps(UpdatePanel const& panel, int slice, std::uint32_t bits,
                             PanelSteps& steps) {
  switch (panel.groups) {
    case 1:
      return sum_tables<1>(panel, slice, bits, steps);
    case 2:
      return sum_tables<2>(panel, slice, bits, steps);
    case 3:
      return sum_tables<3>(panel, slice, bits, steps);
    default:
      return sum_tables<4>(panel, slice, bits, steps);
  }
}

inline void count_word_steps(UpdatePanel const& panel, int slice, std::uint32_t bits,
                             PanelSteps& steps) {
  int const columns = panel.groups * group_columns;
  for (int c = 0; c < columns; ++c) steps.word[c] = 0;
  std::uint32_t const mask = (1U << panel.digit_bits) - 1U;
  for (; bits != 0; bits &= bits - 1U) {
    int const q = panel.digit_bits * slice + panel.drop - __builtin_ctz(bits);
    if (q >= 0) {
      for (int c = 0; c < columns; ++c) steps.word[c] += (panel.magnitude[c] >> q) & mask;
    } else {
      for (int c = 0; c < columns; ++c) steps.word[c] += (panel.magnitude[c] << -q) & mask;
    }
  }
  for (int c = 0; c < columns; ++c) steps.word[c] <<= panel.gain_bits;
}

/// What one row adds by the digit and delta drives: magnitudes of its products, and directions.
struct alignas(64) PanelProducts {
  std::uint32_t held[panel_columns];  // no more than the digits of all slices hold
  std::uint8_t up[panel_columns];
  std::uint32_t any;  // bits that some column has
};

/// Digit drive: |X U| in weight LSBs. Returns how many columns have more bits than the weight.
inline std::uint64_t form_products(UpdatePanel const& panel, std::uint32_t x, int weight_bits,
                                   PanelProducts& row) {
  auto const most = static_cast<std::uint32_t>((1ULL << weight_bits) - 1ULL);
  int const columns = panel.groups * group_columns;
  std::uint32_t overflows = 0;
  std::uint32_t any = 0;
  if (panel.drop >= 0) {
    for (int c = 0; c < columns; ++c) {
      auto const product = static_cast<std::int32_t>(x * panel.magnitude[c]);  // <= 2^30
      auto const whole = static_cast<std::uint32_t>(round_shift(product, panel.drop));
      overflows += whole > most ? 1U : 0U;
      row.held[c] = smaller(whole, most);
      any |= row.held[c];
    }
  } else {
    for (int c = 0; c < columns; ++c) {
      std::uint64_t const whole = product_magnitude(x, panel.magnitude[c], panel.drop);
      overflows += whole > most ? 1U : 0U;
      row.held[c] = static_cast<std::uint32_t>(smaller<std::uint64_t>(whole, most));
      any |= row.held[c];
    }
  }
  row.any = any;
  return overflows;
}

/// Delta drive: the change itself.
inline void take_changes(UpdatePanel const& panel, std::int32_t const* delta, int weight_bits,
                         PanelProducts& row) {
  auto const most = static_cast<std::uint32_t>((1ULL << weight_bits) - 1ULL);
  std::uint32_t any = 0;
  for (int c = 0; c < panel.columns; ++c) {
    row.held[c] = smaller(magnitude_of(delta[c]), most);
    row.up[c] = delta[c] > 0 ? 255 : 0;
    any |= row.held[c];
  }
  for (int c = panel.columns; c < panel.groups * group_columns; ++c) {
    row.held[c] = 0;
    row.up[c] = 0;
  }
  row.any = any;
}

inline void take_digits(UpdatePanel const& panel, PanelProducts const& row, int slice,
                        PanelSteps& steps) {
  int const shift = panel.digit_bits * slice;
  std::uint32_t const mask = (1U << panel.digit_bits) - 1U;
  int const columns = panel.groups * group_columns;
  if (panel.narrow()) {
    for (int c = 0; c < columns; ++c) {
      steps.byte[c] = static_cast<std::uint8_t>((row.held[c] >> shift) & mask);
    }
  } else {
    for (int c = 0; c < columns; ++c) {
      steps.word[c] = ((row.held[c] >> shift) & mask) << panel.gain_bits;
    }
  }
}

/// The steps of the columns that go one way: `up` is 0 or 255.
template <class Count>
inline void keep_direction(Count const* counts, std::uint8_t const* up, bool upward, int columns,
                           Count* kept) {
  std::uint8_t const flip = upward ? 0 : 255;
  for (int c = 0; c < columns; ++c) {
    auto const mask = static_cast<Count>(0U - ((up[c] ^ flip) & 1U));
    kept[c] = static_cast<Count>(counts[c] & mask);
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
