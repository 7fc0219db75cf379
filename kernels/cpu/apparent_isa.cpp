// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Apparent states after an update, compiled once per instruction set: what ApparentLane does, 64
// columns at a time, with the steps of step_finder.hpp. Every example draws for what it touches, so
// that the last one stands.

#include <cstdint>

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/philox_blocks.hpp"
#include "kernels/cpu/step_finder.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

class Appearance {
 public:
  Appearance(ApparentArgs const& args, int replica)
      : args_(args),
        update_(args.update),
        device_(args.update.devices[replica]),
        replica_(replica),
        finder_(args.update, replica) {}

  void run(ActiveRow const* rows, std::int64_t count) {
    for (int first = 0; first < update_.shape.cols; first += panel_columns) {
      finder_.place(first);
      finder_.find(rows, count,
                   [this](int example, int row, int slice) { appear(example, row, slice); });
    }
  }

 private:
  void appear(int example, int row, int slice) {
    range_ = static_cast<float>(window_range(update_.slicing.cell_bits[slice]));
    for (int set = 0; set < update_.shape.sets; ++set) {
      if (((update_.set_mask >> set) & 1U) == 0) continue;
      for (int k = 0; k < update_.slicing.planes_per_slice; ++k) {
        int const plane = slice * update_.slicing.planes_per_slice + k;
        LanePlace const place{replica_, set, plane, row, 0};
        if (finder_.narrow()) {
          appear_row(example, place, finder_.steps().byte);
        } else {
          appear_row(example, place, finder_.steps().word);
        }
      }
    }
  }

  template <class Count>
  void appear_row(int example, LanePlace const& place, Count const* steps) {
    UpdatePanel const& panel = finder_.panel();
    for (int at = 0; at < panel.columns; at += group_columns) {
      int const width = smaller(panel.columns - at, group_columns);
      std::uint32_t any = 0;
      for (int c = 0; c < width; ++c) any |= steps[at + c];
      if (any == 0) continue;
      draw_normals(example, place, panel.first + at);
      load_deviations(place, panel.first + at, width);
      std::int64_t const index =
          update_.shape.index(replica_, place.set, place.plane, place.row, panel.first + at);
      store(update_.codes + index, args_.apparent + index, steps + at, width);
    }
  }

  void draw_normals(int example, LanePlace const& place, int first) {
    PhiloxBlocks blocks;
    philox_blocks(PhiloxCounters::consecutive(draw_counter(
                      Stream::apparent_update,
                      item_of(update_.layer, place, first / group_columns * philox_lanes),
                      update_.first_step + static_cast<std::uint64_t>(example),
                      static_cast<std::uint32_t>(Touch::update))),
                  device_.seed, blocks);
    for (int pair = 0; pair < 4; pair += 2) {
      for (int l = 0; l < philox_lanes; ++l) {
        NormalPair const normals = normal_pair(blocks.word[pair][l], blocks.word[pair + 1][l]);
        normal_[pair * philox_lanes + l] = normals.first;
        normal_[(pair + 1) * philox_lanes + l] = normals.second;
      }
    }
  }

  void load_deviations(LanePlace const& place, int first, int width) {
    float const nominal = apparent_deviation(device_, 0.0F, range_, range_);
    for (int c = 0; c < group_columns; ++c) deviation_[c] = nominal;
    if (!update_.traits.variation.bounds) return;
    std::int64_t const index =
        update_.shape.index(replica_, place.set, place.plane, place.row, first);
    if (update_.traits.stored != nullptr && !update_.traits.variation.dead) {
      stored_deviations(update_.traits.stored + update_.traits.bounds_offset() + index, width);
      return;
    }
    for (int c = 0; c < width; ++c) {
      TraitDraws const draws =
          update_.traits.draws(device_, index + c, item_of(update_.layer, place, first + c));
      Bounds const bounds = bounds_of(device_, range_, draws.low, draws.high, draws.level);
      deviation_[c] = apparent_deviation(device_, bounds.low, bounds.high, range_);
    }
  }

  /// Where no device is dead.
  void stored_deviations(std::int8_t const* low, int width) {
    std::int8_t const* const high = low + update_.traits.devices;
    DeviceConstants const k = device_;
    float const range = range_;
    for (int c = 0; c < width; ++c) {
      Bounds const bounds = live_bounds(k, range, low[c], high[c]);
      deviation_[c] = apparent_deviation(k, bounds.low, bounds.high, range);
    }
  }

  template <class Count>
  void store(std::int16_t const* persistent, std::int16_t* apparent, Count const* steps,
             int width) const {
    float const range = range_;
    for (int c = 0; c < width; ++c) {
      std::int16_t const seen = apparent_code(deviation_[c], range, persistent[c], normal_[c]);
      apparent[c] = steps[c] != 0 ? seen : apparent[c];
    }
  }

  ApparentArgs const& args_;
  UpdateArgs const& update_;
  DeviceConstants const& device_;
  int replica_;
  float range_ = 0.0F;
  StepFinder finder_;
  alignas(64) float normal_[group_columns];
  alignas(64) float deviation_[group_columns];
};

}  // namespace

void appear(ApparentArgs const& args, ActiveRow const* rows, std::int64_t count) {
  for_replicas(rows, count, [&](int replica, ActiveRow const* own, std::int64_t number) {
    Appearance(args, replica).run(own, number);
  });
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
