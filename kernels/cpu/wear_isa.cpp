// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Wear, compiled once per instruction set: what WearLane does, a panel of columns at a time, with
// the steps of step_finder.hpp.

#include <cstdint>

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/philox_blocks.hpp"
#include "kernels/cpu/step_finder.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// One row of one plane in a panel.
struct WornRow {
  LanePlace place;
  std::int64_t index;
  int first;
  int width;
};

class RowWearer {
 public:
  RowWearer(WearArgs const& args, int replica)
      : args_(args), update_(args.update), replica_(replica), finder_(args.update, replica) {}

  void run(ActiveRow const* rows, std::int64_t count) {
    for (int first = 0; first < update_.shape.cols; first += panel_columns) {
      finder_.place(first);
      if (args_.before == nullptr) {
        finder_.find(rows, count, [this](int, int row, int slice) { add_steps(row, slice); });
      }
      for (std::int64_t i = 0; i < count; ++i) finish_row(rows[i].row);
    }
  }

 private:
  WornRow row_of(int set, int plane, int row) const {
    return {{replica_, set, plane, row, 0},
            update_.shape.index(replica_, set, plane, row, finder_.panel().first),
            finder_.panel().first,
            finder_.panel().columns};
  }

  void add_steps(int row, int slice) {
    for (int set = 0; set < update_.shape.sets; ++set) {
      if (((update_.set_mask >> set) & 1U) == 0) continue;
      for (int k = 0; k < update_.slicing.planes_per_slice; ++k) {
        WornRow const worn = row_of(set, slice * update_.slicing.planes_per_slice + k, row);
        if (finder_.narrow()) {
          add(args_.writes + worn.index, finder_.steps().byte, worn.width);
        } else {
          add(args_.writes + worn.index, finder_.steps().word, worn.width);
        }
      }
    }
  }

  template <class Count>
  void add(std::uint32_t* writes, Count const* counts, int width) const {
    std::uint32_t const most = args_.count == WriteCount::steps ? 0xFFFFFFFFU : 1U;
    for (int c = 0; c < width; ++c) {
      writes[c] = more_writes(writes[c], smaller(static_cast<std::uint32_t>(counts[c]), most));
    }
  }

  void finish_row(int row) {
    for (int set = 0; set < update_.shape.sets; ++set) {
      if (((update_.set_mask >> set) & 1U) == 0) continue;
      for (int plane = 0; plane < update_.shape.planes; ++plane) {
        WornRow const worn = row_of(set, plane, row);
        if (args_.before != nullptr && !count_write(worn)) continue;
        if (args_.wears) hold(worn);
      }
    }
  }

  /// False if no device of the row was written.
  bool count_write(WornRow const& worn) const {
    std::int16_t const* const before = args_.before + worn.index;
    std::int16_t const* const codes = update_.codes + worn.index;
    std::uint32_t* const writes = args_.writes + worn.index;
    int const shift = 16 - update_.slicing.cell_bits[update_.slicing.slice_of(worn.place.plane)];
    std::uint32_t const half = (1U << shift) >> 1;
    bool const by_steps = args_.count == WriteCount::steps;
    std::uint32_t changed = 0;
    for (int c = 0; c < worn.width; ++c) {
      std::uint32_t const distance = magnitude_of(codes[c] - before[c]);
      std::uint32_t const steps = by_steps ? larger((distance + half) >> shift, 1U) : 1U;
      writes[c] = more_writes(writes[c], distance == 0 ? 0U : steps);
      changed |= distance;
    }
    return changed != 0;
  }

  void draw_failures(WornRow const& worn) {
    PhiloxBlocks blocks;
    for (int at = 0; at < worn.width; at += philox_lanes) {
      philox_blocks(
          PhiloxCounters::consecutive(draw_counter(
              Stream::wear_traits, item_of(update_.layer, worn.place, worn.first + at), 0, 0)),
          update_.devices[replica_].seed, blocks);
      for (int l = 0; l < philox_lanes; ++l) failure_[at + l] = wear_draw(blocks.word[0][l]);
    }
  }

  void hold(WornRow const& worn) {
    if (args_.fails) draw_failures(worn);
    // A loop of its own for each: loops become vectors.
    if (args_.wear[replica_].by_curve) {
      hold_between<curve_ends>(worn);
    } else {
      hold_between<straight_ends>(worn);
    }
    std::int16_t* const codes = update_.codes + worn.index;
    if (args_.before == nullptr) {
      for (int c = 0; c < worn.width; ++c) codes[c] = held_[c];
      return;
    }
    std::int16_t const* const before = args_.before + worn.index;
    for (int c = 0; c < worn.width; ++c) codes[c] = before[c] == codes[c] ? codes[c] : held_[c];
  }

  template <auto ends>
  void hold_between(WornRow const& worn) {
    WearConstants const k = args_.wear[replica_];
    std::int32_t const whole_range =
        window_range(update_.slicing.cell_bits[update_.slicing.slice_of(worn.place.plane)]);
    auto const range = static_cast<float>(whole_range);
    bool const mirrored = update_.slicing.mirrored(worn.place.plane);
    std::int16_t const* const codes = update_.codes + worn.index;
    std::uint32_t const* const writes = args_.writes + worn.index;
    for (int c = 0; c < worn.width; ++c) {
      float const stored = position_of(codes[c]);
      float const octaves = write_octaves(writes[c]);
      Bounds const bounds = bounds_between(k, ends(k, range, octaves), range, octaves, failure_[c]);
      std::int32_t const held = held_code(bounds, mirrored ? range - stored : stored);
      std::int32_t const reflected = whole_range + 2 * code_of_g_min - held;
      held_[c] = static_cast<std::int16_t>(mirrored ? reflected : held);
    }
  }

  WearArgs const& args_;
  UpdateArgs const& update_;
  int replica_;
  StepFinder finder_;
  alignas(64) float failure_[panel_columns] = {};
  alignas(64) std::int16_t held_[panel_columns];
};

}  // namespace

void wear(WearArgs const& args, ActiveRow const* rows, std::int64_t count) {
  for_replicas(rows, count, [&](int replica, ActiveRow const* own, std::int64_t number) {
    RowWearer(args, replica).run(own, number);
  });
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
