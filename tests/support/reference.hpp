// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Naive models of what crossbars of ideal devices compute, written from the formulas of the
// numerics, one device and one bit at a time, in 128-bit integers. They share no code with the
// kernels.

#include <cstdint>
#include <vector>

#include "kernels/base/counters.hpp"
#include "kernels/xbar/slicing.hpp"
#include "kernels/xbar/update.hpp"

namespace panther::test {

/// value / 2^shift, rounded half to even; a negative shift multiplies.
i128 round_half_even(i128 value, int shift);

/// floor(value * 2^-drop) for value >= 0.
i128 shifted_down(i128 value, int drop);

/// The levels of one set of one replica.
class ReferenceCrossbar {
 public:
  ReferenceCrossbar(SlicingConfig const& config, int rows, int cols);

  int& level(int slice, int row, int col) { return levels_[index(slice, row, col)]; }
  int level(int slice, int row, int col) const { return levels_[index(slice, row, col)]; }
  i128 weight(int row, int col) const;

  /// Level steps n_s of the streamed drive, one bit of |X| at a time.
  static i128 streamed_steps(std::int16_t x, std::int16_t u, int drop, int slice, int digit_bits);
  /// Acts on every device; x and u are one example's vectors.
  void update(std::int16_t const* x, std::int16_t const* u, int drop, UpdateDrive drive);
  /// A weight change in LSBs, [row][column].
  void apply(std::int32_t const* delta);
  /// Writes canonical digits, one by one from the lowest; returns false if the weight was clipped.
  bool program(int row, int col, i128 weight);

  std::vector<SliceCounters> const& counters() const { return counters_; }
  std::uint64_t overflows() const { return overflows_; }

 private:
  std::size_t index(int slice, int row, int col) const {
    return (static_cast<std::size_t>(slice) * static_cast<std::size_t>(rows_) +
            static_cast<std::size_t>(row)) *
               static_cast<std::size_t>(cols_) +
           static_cast<std::size_t>(col);
  }
  int slices() const { return static_cast<int>(config_.cell_bits_lsb_first.size()); }
  int digit_bits() const { return config_.weight_bits / slices(); }
  int lowest(int slice) const;
  int highest(int slice) const;
  void step(int slice, int row, int col, i128 steps, bool up);
  void apply_magnitude(int row, int col, i128 magnitude, bool up);

  SlicingConfig config_;
  int rows_;
  int cols_;
  std::vector<int> levels_;
  std::vector<SliceCounters> counters_;
  std::uint64_t overflows_ = 0;
};

/// Devices of a digit, and what the sum of their codes is divided by.
int devices_of_cell(SlicingConfig const& config);
int divisor_of_cell(SlicingConfig const& config);

/// Sum_s level_s B^s of the devices of one weight in units of 2^-unit LSBs, from codes: a level is
/// code / 2^(16 - cell_bits), several devices count their mean or their sum.
i128 weight_of_codes(SlicingConfig const& config, XbarShape const& shape,
                     std::vector<std::int16_t> const& codes, int replica, int set, int row, int col,
                     int unit);

/// The unit that weight_of_codes needs to be exact: 16 - the smallest cell, more for means.
int exact_unit(SlicingConfig const& config);

}  // namespace panther::test
