// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The level steps of an update that has been, found again from the same vectors, for passes that
// follow it: a panel of columns of some rows of one replica at a time, example after example. Not
// for cells whose devices move apart.

#include <cstdint>

#include "kernels/cpu/update_panel.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

class StepFinder {
 public:
  StepFinder(UpdateArgs const& update, int replica) : update_(update), replica_(replica) {}

  void place(int first_column) { panel_.place(first_column, update_); }
  UpdatePanel const& panel() const { return panel_; }
  bool narrow() const { return panel_.narrow(); }
  /// Steps of the slice that `found` is called for: bytes where narrow(), else words.
  PanelSteps const& steps() const { return steps_; }

  /// Calls found(example, row, slice) for every slice that some column of the row may have steps
  /// in.
  template <class Found>
  void find(ActiveRow const* rows, std::int64_t count, Found const& found) {
    if (update_.drive == UpdateDrive::delta) {
      for (std::int64_t i = 0; i < count; ++i) find_change(rows[i].row, found);
      return;
    }
    for (int example = 0; example < update_.examples; ++example) {
      std::int64_t const vector = static_cast<std::int64_t>(replica_) * update_.batch + example;
      panel_.load(update_.u + vector * update_.shape.cols + panel_.first, update_.drop[vector]);
      if (panel_.longest == 0) continue;
      bool const streamed = update_.drive == UpdateDrive::streamed;
      if (streamed && narrow()) panel_.tabulate_digits();
      for (std::int64_t i = 0; i < count; ++i) {
        std::int32_t const x = update_.x[vector * update_.shape.rows + rows[i].row];
        if (x == 0) continue;
        if (streamed) {
          find_stream(example, rows[i].row, magnitude_of(x), found);
        } else {
          form_products(panel_, magnitude_of(x), update_.slicing.weight_bits, products_);
          find_products(example, rows[i].row, found);
        }
      }
    }
  }

 private:
  template <class Found>
  void find_change(int row, Found const& found) {
    std::int64_t const line = static_cast<std::int64_t>(replica_) * update_.shape.rows + row;
    take_changes(panel_, update_.delta + line * update_.shape.cols + panel_.first,
                 update_.slicing.weight_bits, products_);
    find_products(0, row, found);
  }

  template <class Found>
  void find_stream(int example, int row, std::uint32_t x, Found const& found) {
    for (int slice = 0; slice < update_.slicing.slices; ++slice) {
      std::uint32_t const bits = x & panel_.stream_steps(slice);
      if (bits == 0) continue;
      if (narrow()) {
        count_byte_steps(panel_, slice, bits, steps_);
      } else {
        count_word_steps(panel_, slice, bits, steps_);
      }
      found(example, row, slice);
    }
  }

  template <class Found>
  void find_products(int example, int row, Found const& found) {
    std::uint32_t const mask = (1U << panel_.digit_bits) - 1U;
    for (int slice = 0; slice < update_.slicing.slices; ++slice) {
      if (((products_.any >> (panel_.digit_bits * slice)) & mask) == 0) continue;
      take_digits(panel_, products_, slice, steps_);
      found(example, row, slice);
    }
  }

  UpdateArgs const& update_;
  int replica_;
  UpdatePanel panel_;
  PanelSteps steps_;
  PanelProducts products_;
};

}  // namespace panther::PANTHER_ISA_NAMESPACE
