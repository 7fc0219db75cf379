// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Passes over devices between updates, compiled once per instruction set: what AgeLane does, 64
// columns at a time, effect after effect.

#include <cstdint>

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/philox_blocks.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

struct alignas(64) AgeGroup {
  float position[group_columns];
  float change[group_columns];
  float normal[group_columns];
  float dither[group_columns];
  float low[group_columns];
  float high[group_columns];
  float lifetime[group_columns];
  float rest[group_columns];
  float nu[group_columns];
  float diffusion[group_columns];

  AgingDraws draws(int c) const { return {lifetime[c], rest[c], nu[c], diffusion[c]}; }
};

class RowAger {
 public:
  RowAger(AgeArgs const& args, LanePlace const& place)
      : args_(args),
        place_(place),
        device_(args.devices[place.replica]),
        k_(args.aging[place.replica]),
        mirrored_(args.slicing.mirrored(place.plane)),
        window_(aging_window(
            device_.g_min_in_windows,
            window_range(args.slicing.cell_bits[args.slicing.slice_of(place.plane)]), mirrored_)) {}

  void run() {
    draw_constants();
    for (int first = 0; first < args_.shape.cols; first += group_columns) {
      first_ = first;
      width_ = smaller(args_.shape.cols - first, group_columns);
      index_ = args_.shape.index(place_.replica, place_.set, place_.plane, place_.row, first);
      if (!load()) continue;
      draw_words();
      if (args_.frozen) draw_frozen();
      if (args_.traits.variation.bounds) load_bounds();
      change();
      store();
    }
  }

 private:
  void draw_constants() {
    for (int c = 0; c < group_columns; ++c) {
      g_.normal[c] = 0.0F;
      g_.dither[c] = 0.5F;
      g_.low[c] = 0.0F;
      g_.high[c] = window_.range;
      g_.lifetime[c] = 0.0F;
      g_.rest[c] = 0.0F;
      g_.nu[c] = 0.0F;
      g_.diffusion[c] = 0.0F;
    }
  }

  /// False if no device of the group is touched.
  bool load() {
    std::int16_t const* const codes = args_.codes + index_;
    for (int c = 0; c < group_columns; ++c) g_.position[c] = 0.0F;
    for (int c = 0; c < width_; ++c) {
      float const stored = position_of(codes[c]);
      g_.position[c] = mirrored_ ? window_.range - stored : stored;
    }
    if (args_.before == nullptr) return true;
    std::int16_t const* const before = args_.before + index_;
    std::int32_t differing = 0;
    for (int c = 0; c < width_; ++c) differing |= codes[c] ^ before[c];
    return differing != 0;
  }

  PhiloxCounters lane_counters(std::uint32_t sub_step) const {
    return PhiloxCounters::consecutive(draw_counter(
        args_.stream, item_of(args_.layer, place_, first_ / 64 * 16), args_.step, sub_step));
  }

  void draw_words() {
    PhiloxBlocks blocks;
    if (args_.rounding == CodeRounding::stochastic) {
      philox_blocks(lane_counters(aging_rounding), device_.seed, blocks);
      std::uint32_t const* const words = blocks.word[0];
      for (int c = 0; c < group_columns; ++c) g_.dither[c] = fine_dither(words[c]);
    }
    if (!args_.noisy) return;
    philox_blocks(lane_counters(aging_normals), device_.seed, blocks);
    for (int pair = 0; pair < 4; pair += 2) {
      for (int l = 0; l < philox_lanes; ++l) {
        NormalPair const normals = normal_pair(blocks.word[pair][l], blocks.word[pair + 1][l]);
        g_.normal[pair * philox_lanes + l] = normals.first;
        g_.normal[(pair + 1) * philox_lanes + l] = normals.second;
      }
    }
  }

  void draw_frozen() {
    PhiloxBlocks blocks;
    for (int at = 0; at < width_; at += philox_lanes) {
      philox_blocks(PhiloxCounters::consecutive(draw_counter(
                        Stream::aging_traits, item_of(args_.layer, place_, first_ + at), 0, 0)),
                    device_.seed, blocks);
      for (int l = 0; l < philox_lanes; ++l) {
        AgingDraws const draws = aging_draws(blocks.word[0][l], blocks.word[1][l]);
        g_.lifetime[at + l] = draws.lifetime;
        g_.rest[at + l] = draws.rest;
        g_.nu[at + l] = draws.nu;
        g_.diffusion[at + l] = draws.diffusion;
      }
    }
  }

  void load_bounds() {
    for (int c = 0; c < width_; ++c) {
      Traits const traits = args_.traits.load(device_, window_.range, index_ + c,
                                              item_of(args_.layer, place_, first_ + c));
      g_.low[c] = traits.low;
      g_.high[c] = traits.high;
    }
  }

  /// aged() of every column. Constants are copied: stores to the group might change them.
  void change() {
    AgingConstants const k = k_;
    AgingWindow const window = window_;
    AgeGroup& g = g_;
    for (int c = 0; c < group_columns; ++c) g.change[c] = 0.0F;
    if (k.decay > 0.0F) {
      for (int c = 0; c < group_columns; ++c)
        g.change[c] = decay_change(k, g.draws(c), window, g.position[c]);
    }
    if (k.drift > 0.0F) {
      for (int c = 0; c < group_columns; ++c)
        g.change[c] += drift_change(k, g.draws(c), window, g.position[c] + g.change[c]);
    }
    if (k.table_drift > 0.0F) {
      for (int c = 0; c < group_columns; ++c)
        g.change[c] += table_drift_change(k, g.draws(c), window, g.position[c] + g.change[c]);
    }
    if (k.relaxation != 0.0F) {
      for (int c = 0; c < group_columns; ++c)
        g.change[c] = fused(k.relaxation, window.range, g.change[c]);
    }
    if (k.loss > 0.0F) {
      for (int c = 0; c < group_columns; ++c)
        g.change[c] += loss_change(k, g.draws(c), window, g.position[c] + g.change[c]);
    }
    if (k.noisy()) {
      for (int c = 0; c < group_columns; ++c) {
        float const deviation =
            aging_deviation(k, g.draws(c), window, g.position[c], g.position[c] + g.change[c]);
        g.change[c] = fused(deviation, g.normal[c], g.change[c]);
      }
    }
    for (int c = 0; c < group_columns; ++c) {
      g.change[c] = clamped(g.change[c], g.low[c] - g.position[c], g.high[c] - g.position[c]);
    }
  }

  void store() {
    std::int16_t* const codes = args_.codes + index_;
    std::int32_t const sign = mirrored_ ? -1 : 1;
    if (args_.before == nullptr) {
      for (int c = 0; c < width_; ++c) {
        codes[c] =
            static_cast<std::int16_t>(codes[c] + sign * whole_change(g_.change[c], g_.dither[c]));
      }
      return;
    }
    std::int16_t const* const before = args_.before + index_;
    for (int c = 0; c < width_; ++c) {
      std::int32_t const whole = sign * whole_change(g_.change[c], g_.dither[c]);
      codes[c] = static_cast<std::int16_t>(codes[c] + chosen(before[c] == codes[c], 0, whole));
    }
  }

  AgeArgs const& args_;
  LanePlace place_;
  DeviceConstants const& device_;
  AgingConstants const& k_;
  bool mirrored_;
  AgingWindow window_;
  int first_ = 0;
  int width_ = 0;
  std::int64_t index_ = 0;
  AgeGroup g_;
};

}  // namespace

void age_row(AgeArgs const& args, LanePlace const& place) { RowAger(args, place).run(); }

}  // namespace panther::PANTHER_ISA_NAMESPACE
