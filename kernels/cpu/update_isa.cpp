// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Updates, compiled once per instruction set: step counts in update_panel.hpp, exact moves in
// update_ideal.hpp, laws in update_plane.hpp. A thread owns rows and takes the examples in order,
// so an update needs no barrier; scratch lives on the stack. Rows go in blocks whose state stays in
// the L2 cache while all examples of the batch act on it.

#include <cstdint>
#include <type_traits>

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/update_plane.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

constexpr std::int64_t block_bytes = 262144;

/// Rows of one replica.
struct RowRange {
  ActiveRow const* rows;
  std::int64_t count;
};

class RowUpdater {
 public:
  /// `exact`: the ideal device without noise and variation, taking all its steps.
  RowUpdater(UpdateArgs const& args, int replica, bool exact, LawMoves const& moves,
             std::size_t law_bytes)
      : args_(args), replica_(replica), exact_(exact), mover_(args, replica, moves, law_bytes) {}

  void run(RowRange range) {
    std::int64_t const row_bytes = static_cast<std::int64_t>(sizeof(std::int16_t)) *
                                   args_.shape.planes * smaller(args_.shape.stride, panel_columns);
    std::int64_t const block =
        args_.examples == 1 ? range.count : 1 + block_bytes / larger(row_bytes, std::int64_t{1});
    for (int first = 0; first < args_.shape.cols; first += panel_columns) {
      panel_.place(first, args_);
      for (std::int64_t row = 0; row < range.count; row += block) {
        RowRange const rows{range.rows + row, smaller(block, range.count - row)};
        for (int example = 0; example < args_.examples; ++example) {
          mover_.set_step(args_.first_step + static_cast<std::uint64_t>(example));
          update_block(rows, example);
          if (!exact_) mover_.finish(tallies_);
        }
      }
    }
    add_tallies();
  }

 private:
  bool narrow() const { return panel_.narrow(); }

  void update_block(RowRange rows, int example) {
    moving_ = moving_devices(args_, replica_, example);
    if (args_.drive == UpdateDrive::delta) {
      for (std::int64_t i = 0; i < rows.count; ++i) change_row(rows.rows[i].row);
      return;
    }
    std::int64_t const vector = static_cast<std::int64_t>(replica_) * args_.batch + example;
    panel_.load(args_.u + vector * args_.shape.cols + panel_.first, args_.drop[vector]);
    if (panel_.longest == 0) return;
    bool const streamed = args_.drive == UpdateDrive::streamed;
    if (streamed && narrow()) panel_.tabulate_digits();
    for (std::int64_t i = 0; i < rows.count; ++i) {
      int const row = rows.rows[i].row;
      std::int32_t const x = args_.x[vector * args_.shape.rows + row];
      if (x == 0) continue;
      if (streamed) {
        stream_row(row, magnitude_of(x), panel_.up[x < 0 ? 1 : 0]);
      } else {
        product_row(row, x);
      }
    }
  }

  void stream_row(int row, std::uint32_t x, std::uint8_t const* up) {
    int const top = 31 - __builtin_clz(x);
    overflows_ += panel_.columns_longer_than(args_.slicing.weight_bits + panel_.drop - top);
    for (int slice = 0; slice < args_.slicing.slices; ++slice) {
      std::uint32_t bits = x & panel_.stream_steps(slice);
      if (bits == 0) continue;
      if (args_.fidelity == Fidelity::aggregate) {
        count_steps(slice, bits);
        move_steps(row, slice, up, 0);
        continue;
      }
      for (; bits != 0; bits &= bits - 1U) {
        count_steps(slice, bits & (0U - bits));
        move_steps(row, slice, up, static_cast<std::uint32_t>(__builtin_ctz(bits)) + 1U);
      }
    }
  }

  void count_steps(int slice, std::uint32_t bits) {
    if (narrow()) {
      count_byte_steps(panel_, slice, bits, steps_);
    } else {
      count_word_steps(panel_, slice, bits, steps_);
    }
  }

  void product_row(int row, std::int32_t x) {
    overflows_ += form_products(panel_, magnitude_of(x), args_.slicing.weight_bits, products_);
    move_products(row, panel_.up[x < 0 ? 1 : 0]);
  }

  void change_row(int row) {
    std::int64_t const line = static_cast<std::int64_t>(replica_) * args_.shape.rows + row;
    take_changes(panel_, args_.delta + line * args_.shape.cols + panel_.first,
                 args_.slicing.weight_bits, products_);
    move_products(row, products_.up);
  }

  void move_products(int row, std::uint8_t const* up) {
    std::uint32_t const mask = (1U << panel_.digit_bits) - 1U;
    for (int slice = 0; slice < args_.slicing.slices; ++slice) {
      if (((products_.any >> (panel_.digit_bits * slice)) & mask) == 0) continue;
      take_digits(panel_, products_, slice, steps_);
      move_steps(row, slice, up, 0);
    }
  }

  void move_steps(int row, int slice, std::uint8_t const* up, std::uint32_t sub_step) {
    for (int set = 0; set < args_.shape.sets; ++set) {
      if (((args_.set_mask >> set) & 1U) == 0) continue;
      for (int k = 0; k < args_.slicing.planes_per_slice; ++k) {
        int const plane = slice * args_.slicing.planes_per_slice + k;
        Directions const moves = directions_of(args_.slicing, plane, moving_);
        if (!moves.either()) continue;
        PlaneRow const target = row_of_plane(set, plane, row, slice);
        if (narrow()) {
          move_row(target, taken(moves, steps_.byte, up, taken_.byte), up, sub_step);
        } else {
          move_row(target, taken(moves, steps_.word, up, taken_.word), up, sub_step);
        }
      }
    }
  }

  /// The steps that a plane's devices take: all, or those of one direction, put into `kept`.
  template <class Count>
  Count const* taken(Directions moves, Count const* counts, std::uint8_t const* up,
                     Count* kept) const {
    if (moves.up && moves.down) return counts;
    keep_direction(counts, up, moves.up, panel_.groups * group_columns, kept);
    return kept;
  }

  PlaneRow row_of_plane(int set, int plane, int row, int slice) const {
    PlaneRow target;
    target.index = args_.shape.index(replica_, set, plane, row, panel_.first);
    target.codes = args_.codes + target.index;
    target.item =
        device_item(static_cast<std::uint64_t>(args_.layer), static_cast<std::uint64_t>(set),
                    static_cast<std::uint64_t>(plane), static_cast<std::uint64_t>(row), 0);
    target.first = panel_.first;
    target.width = smaller(args_.shape.stride - panel_.first, panel_columns);
    target.slice = slice;
    target.plane = plane;
    return target;
  }

  template <class Count>
  void move_row(PlaneRow const& target, Count const* counts, std::uint8_t const* up,
                std::uint32_t sub_step) {
    if (exact_) {
      move_ideal(target.codes, counts, up, target.width, args_.slicing.cell_bits[target.slice],
                 tallies_[target.slice]);
    } else {
      mover_.move(target, panel_.groups, counts, up, sub_step, tallies_[target.slice]);
    }
  }

  void add_tallies() {
    for (int slice = 0; slice < args_.slicing.slices; ++slice) {
      SliceCounters& counters = args_.counters[replica_ * args_.slicing.slices + slice];
      count(counters.updates, tallies_[slice].updates);
      count(counters.steps, tallies_[slice].steps);
      count(counters.saturations, tallies_[slice].saturations);
    }
    count(args_.layer_counters[replica_].update_overflows, overflows_);
  }

  UpdateArgs const& args_;
  int replica_;
  bool exact_;
  UpdatePanel panel_;
  PanelSteps steps_;
  PanelSteps taken_;  // of one direction
  PanelProducts products_;
  PlaneMover mover_;
  UpdateTally tallies_[max_slices];
  DeviceMask moving_ = 0;  // in the present example
  std::uint64_t overflows_ = 0;
};

template <class Law>
LawMoves moves_of(UpdateArgs const& args) {
  Variation const& variation = args.traits.variation;
  TraitUse const bent = variation.bend ? TraitUse::all : TraitUse::unbent;
  return choose_moves<Law>(args.noise, variation.any() ? bent : TraitUse::nominal);
}

}  // namespace

void update(int law, UpdateArgs const& args, ActiveRow const* rows, std::int64_t count) {
  if ((args.set_mask & ((1U << args.shape.sets) - 1U)) == 0) return;
  visit_law(law, [&]<class Law>() {
    bool const exact = std::is_same_v<Law, Ideal> && args.noise == WriteNoiseKind::off &&
                       !args.traits.variation.any() && args.shares == nullptr;
    for_replicas(rows, count, [&](int replica, ActiveRow const* own, std::int64_t number) {
      RowUpdater(args, replica, exact, moves_of<MotionOf<Law>>(args),
                 sizeof(typename Law::Constants))
          .run({own, number});
    });
  });
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
