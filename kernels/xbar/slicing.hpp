// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a weight is cut into slices, and how slices lie in memory.

#include <cstdint>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/window.hpp"

namespace panther {

inline constexpr int max_slices = 32;

/// Digits that carry resolution leaves: two's complement (0 .. B-1 below a signed top digit) or
/// balanced
/// (-B/2 .. B/2-1 below a top digit that takes what remains).
enum class DigitSet : std::uint8_t { two_complement, balanced };
template <>
struct EnumNames<DigitSet> {
  static constexpr std::array values{
      std::pair{DigitSet::two_complement, std::string_view{"unsigned"}},
      std::pair{DigitSet::balanced, std::string_view{"balanced"}}};
};

/// How level 0 becomes current 0: a reference column, or a pair of devices driven in opposite
/// directions.
enum class Encoding : std::uint8_t { offset, differential };
template <>
struct EnumNames<Encoding> {
  static constexpr std::array values{
      std::pair{Encoding::offset, std::string_view{"offset"}},
      std::pair{Encoding::differential, std::string_view{"differential"}}};
};

struct SlicingConfig {
  int weight_bits = 16;
  std::vector<int> cell_bits_lsb_first = {6, 6, 6, 6, 6, 6, 6, 6};
  DigitSet digits = DigitSet::balanced;
  Encoding encoding = Encoding::offset;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("weight_bits", self.weight_bits,
          Field{.unit = "bit",
                .doc = "bits of a signed weight; a multiple of the number of slices",
                .lo = 2,
                .hi = 32});
    visit("cell_bits_lsb_first", self.cell_bits_lsb_first,
          Field{.unit = "bit",
                .doc = "bits of a slice's cell, least significant slice first; one per slice",
                .lo = 2,
                .hi = 16});
    visit("digits", self.digits, Field{.doc = "digit set that carry resolution leaves"});
    visit("encoding", self.encoding,
          Field{.doc = "how the conductance of level 0 is removed from a read"});
  }
};

/// The slicing as kernels see it.
struct Slicing {
  int weight_bits;
  int slices;
  int digit_bits;        // p: weight_bits / slices
  int planes_per_slice;  // 1, or 2 for the differential encoding (plane 1 is the mirrored device)
  int smallest_cell;     // least cell_bits: fixes the unit of read sums
  DigitSet digits;
  std::int8_t cell_bits[max_slices];

  PANTHER_HD int planes() const { return slices * planes_per_slice; }
  PANTHER_HD int slice_of(int plane) const { return plane / planes_per_slice; }
  PANTHER_HD bool mirrored(int plane) const { return plane % planes_per_slice == 1; }
  /// A read sum counts 2^-fraction_bits weight LSBs.
  PANTHER_HD int fraction_bits() const { return 16 - smallest_cell + planes_per_slice - 1; }
  /// Left shift of a plane's code sum in a read sum.
  PANTHER_HD int shift_of(int slice) const {
    return digit_bits * slice + cell_bits[slice] - smallest_cell;
  }
};

/// Checks and converts. Throws std::invalid_argument naming the key, its value and what is allowed.
Slicing make_slicing(SlicingConfig const& config);

/// Memory layout of one layer's devices: codes[replica][set][plane][row][stride].
struct XbarShape {
  int replicas;
  int sets;  // 1 (V1), 2 (V2: f, b), 3 (V3: f, b, d)
  int planes;
  int rows;
  int cols;
  int stride;  // cols rounded up to whole vectors

  PANTHER_HD std::int64_t plane_size() const { return static_cast<std::int64_t>(rows) * stride; }
  PANTHER_HD std::int64_t devices() const {
    return static_cast<std::int64_t>(replicas) * sets * planes * plane_size();
  }
  PANTHER_HD std::int64_t index(int replica, int set, int plane, int row, int col) const {
    return (((static_cast<std::int64_t>(replica) * sets + set) * planes + plane) * rows + row) *
               stride +
           col;
  }
};

inline constexpr int column_alignment = 32;

constexpr int aligned_columns(int cols) {
  return (cols + column_alignment - 1) / column_alignment * column_alignment;
}

}  // namespace panther
