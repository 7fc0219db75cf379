// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Vector updates: see update_columns.hpp for step counts and update_group.hpp for the physics. A
// thread owns rows and takes the examples in order, so an update needs no barrier. Scratch lives on
// the stack.

#include <cstdint>
#include <type_traits>

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/update_ideal.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// Rows of one replica.
struct RowRange {
  ActiveRow const* rows;
  std::int64_t count;
};

template <class Law, WriteNoiseKind kind, bool varied>
class Updater {
 public:
  Updater(UpdateArgs const& args, int replica) : args_(args), replica_(replica) {
    place_.replica = replica;
  }

  void run(RowRange range) {
    for (int first = 0; first < args_.shape.cols; first += block_columns) {
      for (int example = 0; example < args_.examples; ++example)
        update_block(range, first, example);
    }
    add_counts();
  }

 private:
  static constexpr bool integers =
      std::is_same_v<Law, Ideal> && kind == WriteNoiseKind::off && !varied;

  bool streams_bytes() const {
    return args_.drive == UpdateDrive::streamed && args_.slicing.digit_bits <= widest_byte_digit;
  }

  void update_block(RowRange range, int first, int example) {
    std::int64_t const vector = static_cast<std::int64_t>(replica_) * args_.batch + example;
    bool const delta = args_.drive == UpdateDrive::delta;
    if (delta) {
      frame_block(first);
    } else {
      load_columns(args_, vector, first, block_);
      if (block_.largest == 0) return;
      if (streams_bytes()) load_digits(block_);
    }
    place_.step = args_.first_step + static_cast<std::uint64_t>(example);
    for (std::int64_t i = 0; i < range.count; ++i) {
      place_.row = range.rows[i].row;
      std::int32_t const x = delta ? 1 : args_.x[vector * args_.shape.rows + place_.row];
      if (x == 0) continue;
      if (!delta) note_overflows(magnitude_of(x));
      update_row(x);
    }
  }

  void frame_block(int first) {
    block_.first = first;
    block_.drop = 0;
    block_.count = smaller(block_columns, args_.shape.cols - first);
    block_.groups = (block_.count + group_columns - 1) / group_columns;
  }

  void update_row(std::int32_t x) {
    if (args_.fidelity == Fidelity::aggregate) {
      place_.sub_step = 0;
      update_planes(x, magnitude_of(x), -1);
      return;
    }
    for (int t = 0; t < 16; ++t) {
      if (((magnitude_of(x) >> t) & 1U) == 0) continue;
      place_.sub_step = static_cast<std::uint32_t>(t) + 1;
      update_planes(x, 1U << t, t);
    }
  }

  /// `bits`: the stream steps that act together.
  void update_planes(std::int32_t x, std::uint32_t bits, int t) {
    for (int slice = 0; slice < args_.slicing.slices; ++slice) {
      PlaneList list{};
      if (streams_bytes()) {
        list = planes_of(block_, bits, slice);
        if (list.count == 0) continue;
      }
      for (int set = 0; set < args_.shape.sets; ++set) {
        if (((args_.set_mask >> set) & 1U) == 0) continue;
        for (int k = 0; k < args_.slicing.planes_per_slice; ++k) {
          place_.set = set;
          place_.plane = slice * args_.slicing.planes_per_slice + k;
          if (streams_bytes()) {
            update_bytes(list, slice, x < 0);
          } else {
            update_words(x, slice, t);
          }
        }
      }
    }
  }

  void place_group(int group) {
    place_.first = block_.first + group * group_columns;
    int const columns = smaller(group_columns, block_.count - group * group_columns);
    place_.width = (columns + 15) / 16 * 16;
  }

  void update_bytes(PlaneList const& list, int slice, bool x_negative) {
    for (int group = 0; group < block_.groups; ++group) {
      Bytes bytes;
      sum_steps(list, group, bytes);
      if (!any_of(bytes)) continue;
      place_group(group);
      std::uint64_t const up = x_negative ? ~block_.negative[group] : block_.negative[group];
      int const cell_bits = args_.slicing.cell_bits[slice];
      if constexpr (integers) {
        if (fits_integers(cell_bits)) {
          std::int64_t const index =
              args_.shape.index(replica_, place_.set, place_.plane, place_.row, place_.first);
          move_ideal(args_.codes + index, bytes, up, place_.width, cell_bits, counts_[slice]);
          continue;
        }
      }
      alignas(64) std::uint8_t steps[group_columns];
      *reinterpret_cast<Bytes*>(steps) = bytes;
      for (int j = 0; j < group_columns; ++j) {
        drive_.steps[j] = steps[j];
        drive_.up[j] = static_cast<std::int32_t>((up >> j) & 1U);
      }
      update_group<Law, kind, varied>(args_, place_, drive_, counts_[slice]);
    }
  }

  /// Wide digits, digit and delta drives: step counts of each column by the functor's own formula.
  void update_words(std::int32_t x, int slice, int t) {
    for (int group = 0; group < block_.groups; ++group) {
      place_group(group);
      int const columns = smaller(group_columns, block_.count - group * group_columns);
      std::uint32_t any = 0;
      for (int j = 0; j < group_columns; ++j) {
        std::int32_t const u = j < columns ? column_value(group, j) : 0;
        std::uint32_t const steps =
            formula_.steps_of(magnitude_of(x), magnitude_of(u), block_.drop, slice, t);
        drive_.steps[j] = static_cast<std::int32_t>(steps);
        drive_.up[j] = args_.drive == UpdateDrive::delta ? u > 0 : ((x < 0) != (u < 0));
        any |= steps;
      }
      if (any != 0) update_group<Law, kind, varied>(args_, place_, drive_, counts_[slice]);
    }
  }

  std::int32_t column_value(int group, int j) const {
    int const col = group * group_columns + j;
    if (args_.drive == UpdateDrive::delta) {
      std::int64_t const row = static_cast<std::int64_t>(replica_) * args_.shape.rows + place_.row;
      return args_.delta[row * args_.shape.cols + block_.first + col];
    }
    auto const magnitude = static_cast<std::int32_t>(block_.magnitude[col]);
    return ((block_.negative[group] >> j) & 1U) != 0 ? -magnitude : magnitude;
  }

  void note_overflows(std::uint32_t x) {
    if (!formula_.overflowed(x, block_.largest, block_.drop)) return;
    for (int col = 0; col < block_.count; ++col) {
      overflows_ += formula_.overflowed(x, block_.magnitude[col], block_.drop) ? 1U : 0U;
    }
  }

  void add_counts() {
    for (int slice = 0; slice < args_.slicing.slices; ++slice) {
      SliceCounters& counters = args_.counters[replica_ * args_.slicing.slices + slice];
      count(counters.updates, counts_[slice].updates);
      count(counters.steps, counts_[slice].steps);
      count(counters.saturations, counts_[slice].saturations);
    }
    count(args_.layer_counters[replica_].update_overflows, overflows_);
  }

  UpdateArgs const& args_;
  int replica_;
  UpdateLane<Law> formula_{args_};
  GroupPlace place_{};
  GroupCounts counts_[max_slices];
  std::uint64_t overflows_ = 0;
  GroupDrive drive_;
  ColumnBlock block_;
};

template <class Law, WriteNoiseKind kind, bool varied>
void update_rows(UpdateArgs const& args, ActiveRow const* rows, std::int64_t count) {
  for (std::int64_t first = 0; first < count;) {
    std::int64_t last = first + 1;
    while (last < count && rows[last].replica == rows[first].replica) ++last;
    Updater<Law, kind, varied>(args, rows[first].replica).run({rows + first, last - first});
    first = last;
  }
}

template <class Law, WriteNoiseKind kind>
void update_with_noise(UpdateArgs const& args, ActiveRow const* rows, std::int64_t count) {
  if (args.traits.variation.any()) {
    update_rows<Law, kind, true>(args, rows, count);
  } else {
    update_rows<Law, kind, false>(args, rows, count);
  }
}

}  // namespace

void update(int law, UpdateArgs const& args, ActiveRow const* rows, std::int64_t count) {
  visit_law(law, [&]<class Law>() {
    switch (args.noise) {
      case WriteNoiseKind::off:
        return update_with_noise<Law, WriteNoiseKind::off>(args, rows, count);
      case WriteNoiseKind::additive:
        return update_with_noise<Law, WriteNoiseKind::additive>(args, rows, count);
      case WriteNoiseKind::proportional:
        return update_with_noise<Law, WriteNoiseKind::proportional>(args, rows, count);
      case WriteNoiseKind::inverse:
        return update_with_noise<Law, WriteNoiseKind::inverse>(args, rows, count);
    }
  });
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
