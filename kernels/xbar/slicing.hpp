// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a weight is cut into slices, and how slices lie in memory.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/window.hpp"
#include "kernels/xbar/cells.hpp"

namespace panther {

inline constexpr int max_slices = 32;
/// Devices of a weight at most.
inline constexpr int max_planes = 2 * max_slices;

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

struct SlicingConfig {
  int weight_bits = 16;
  std::vector<int> cell_bits_lsb_first = {6, 6, 6, 6, 6, 6, 6, 6};
  DigitSet digits = DigitSet::balanced;
  Encoding encoding = Encoding::offset;
  std::optional<int> devices_per_cell = {};
  VectorPolicy vector_policy = VectorPolicy::all;

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
          Field{.doc = "devices of a digit: one, a pair driven in opposite directions, the mean of "
                       "several, one beside a fixed reference, or a pair that only grows"});
    visit("devices_per_cell", self.devices_per_cell,
          Field{.doc = "vector encoding: devices of a digit (2, 4 or 8)", .lo = 2, .hi = 8});
    visit("vector_policy", self.vector_policy,
          Field{.doc = "vector encoding: every device takes an update's steps, or one takes the "
                       "steps of all, in turn or at random"});
  }
};

/// The slicing as kernels see it.
struct Slicing {
  int weight_bits;
  int slices;
  int digit_bits;        // p: weight_bits / slices
  int planes_per_slice;  // devices of a cell, a plane each
  int average_bits;      // a cell's level is the sum of its codes / 2^average_bits
  int gain_bits;         // a device takes 2^gain_bits times the steps of its digit
  int smallest_cell;     // least cell_bits: fixes the unit of read sums
  DigitSet digits;
  Encoding encoding;
  VectorPolicy policy;
  DeviceMask mirrored_devices;
  DeviceMask up_devices;    // moved by steps up of the level
  DeviceMask down_devices;  // by steps down
  std::int8_t cell_bits[max_slices];

  PANTHER_HD int planes() const { return slices * planes_per_slice; }
  PANTHER_HD int slice_of(int plane) const { return plane / planes_per_slice; }
  PANTHER_HD int device_of(int plane) const { return plane % planes_per_slice; }
  PANTHER_HD bool mirrored(int plane) const {
    return ((mirrored_devices >> device_of(plane)) & 1U) != 0;
  }
  PANTHER_HD bool one_sided() const { return encoding == Encoding::one_sided; }
  /// Every device of a cell takes every step of its digit, once.
  PANTHER_HD bool moves_alike() const {
    auto const all = static_cast<DeviceMask>((1U << planes_per_slice) - 1U);
    return policy == VectorPolicy::all && gain_bits == 0 && up_devices == all &&
           down_devices == all;
  }
  /// A read sum counts 2^-fraction_bits weight LSBs.
  PANTHER_HD int fraction_bits() const { return 16 - smallest_cell + average_bits; }
  /// Codes of a cell's sum in one level, as a power of two.
  PANTHER_HD int level_shift(int slice) const { return 16 - cell_bits[slice] + average_bits; }
  /// Levels that a cell can hold.
  PANTHER_HD std::int32_t lowest(int slice) const {
    return one_sided() ? 2 * lowest_level(cell_bits[slice]) : lowest_level(cell_bits[slice]);
  }
  PANTHER_HD std::int32_t highest(int slice) const {
    return one_sided() ? 2 * highest_level(cell_bits[slice]) : highest_level(cell_bits[slice]);
  }
  /// The code of a plane's device before anything is written: level 0, or the least grown.
  PANTHER_HD std::int16_t rest_code(int plane) const {
    if (!one_sided()) return 0;
    std::int32_t const grown = mirrored(plane) ? window_range(cell_bits[slice_of(plane)]) : 0;
    return static_cast<std::int16_t>(grown + code_of_g_min);
  }
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
