// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What all moves of one replica share, whichever way their devices come together.

#include <cstdint>

#include "kernels/cpu/reach_table.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

/// A row of a plane, in a panel of columns.
struct PlaneRow {
  std::int16_t* codes;  // of the panel's first column
  std::int64_t index;   // XbarShape::index of that column
  std::uint64_t item;   // device_item of column 0
  int first;            // the panel's first column
  int width;            // columns of the panel in memory
  int slice;
  int plane;
};

/// The replica's devices and the present step.
class MoveContext {
  /// Filling a table costs as much as two batches, so it must be used more often than that.
  static constexpr std::int64_t batches_before_table = 4;

 public:
  MoveContext(UpdateArgs const& args, int replica, LawMoves const& moves, std::size_t law_bytes)
      : args_(args),
        device_(args.devices[replica]),
        law_(static_cast<unsigned char const*>(args.law) +
             law_bytes * static_cast<std::size_t>(replica * args.slicing.slices)),
        law_bytes_(law_bytes),
        moves_(moves) {}

  UpdateArgs const& args() const { return args_; }
  DeviceConstants const& device() const { return device_; }
  Variation const& variation() const { return args_.traits.variation; }
  bool noisy() const { return args_.noise != WriteNoiseKind::off; }
  bool stochastic() const { return args_.rounding == CodeRounding::stochastic; }
  bool draws() const { return moves_.draws; }
  bool random() const { return noisy() || stochastic() || draws(); }
  bool quiet() const { return !random(); }
  bool counts() const { return moves_.count != nullptr; }
  bool shared() const { return args_.shares != nullptr; }
  bool stores_traits() const { return variation().any() && args_.traits.stored != nullptr; }
  bool regenerates_traits() const { return variation().any() && args_.traits.stored == nullptr; }
  bool mirrored(int plane) const { return args_.slicing.mirrored(plane); }
  float range(int slice) const {
    return static_cast<float>(window_range(args_.slicing.cell_bits[slice]));
  }

  void set_step(std::uint64_t step) { step_ = step; }
  void set_sub_step(std::uint32_t sub_step) { sub_step_ = sub_step; }

  PhiloxCounter noise_counter(std::uint64_t item) const {
    return draw_counter(Stream::update_noise, item, step_, sub_step_);
  }
  static PhiloxCounter trait_counter(std::uint64_t item) {
    return draw_counter(Stream::device_variation, item, 0, 0);
  }

  PhiloxCounter counter_rounding(std::uint64_t item) const {
    return draw_counter(Stream::counter_update, item, step_, sub_step_);
  }
  static PhiloxCounter counter_traits(std::uint64_t item) {
    return draw_counter(Stream::counter_traits, item, 0, 0);
  }

  /// Moves the progress of `lanes` devices; leaves the steps that reach their codes. False if none
  /// do.
  bool count(int slice, int lanes, CounterLanes& counters, MoveBatch& batch) const {
    return moves_.count(law(slice), lanes, counters, batch);
  }

  /// Table of the slice's reaches; null where steps do not fit it (devices take whole numbers of
  /// few), or before it is worth filling.
  /// `any_steps`: the bits of all lanes' steps.
  ReachTable const* table(int slice, std::uint32_t any_steps) {
    if (moves_.tabulate == nullptr || shared() || any_steps >= ReachTable::steps ||
        like_batches_[slice]++ < batches_before_table) {
      return nullptr;
    }
    if (like_batches_[slice] == batches_before_table + 1) {
      moves_.tabulate(law(slice), range(slice), tables_[slice]);
    }
    return &tables_[slice];
  }

  /// Moves the batch by the law. `table`: see there.
  void apply(int slice, MoveBatch& batch, int blocks, ReachTable const* table) const {
    if (table == nullptr) {
      moves_.computed(law(slice), device_, range(slice), batch, blocks);
      return;
    }
    look_up(*table, batch.steps, batch.up, blocks * block_lanes, batch.reach);
    moves_.looked_up(law(slice), device_, range(slice), batch, blocks);
  }

  void move_quiet(int slice, ReachTable const& table, QuietRow const& row, MoveBatch& batch) const {
    moves_.quiet_row(law(slice), device_, range(slice), table, row, batch);
  }

  /// Stored draws to the batch's lanes. `property`: the first one, the next ones `distance` apart.
  void load_traits(std::int8_t const* property, std::int64_t distance, float range, int lanes,
                   MoveBatch& batch) const {
    std::int8_t const* const first = property;
    if (variation().slope) property += 2 * distance;
    if (variation().bend) {
      scale_bends(property, property + distance, lanes, batch);
      property += 2 * distance;
    }
    std::int8_t const* const bounds = property;
    if (variation().bounds) property += 2 * distance;
    std::int8_t const* const asymmetry = variation().asymmetry ? property : nullptr;
    if (variation().asymmetry) property += distance;
    if (variation().slope) {
      visit_distribution(device_.spread.distribution, [&]<SlopeDistribution distribution>() {
        scale_slopes<distribution>(first, first + distance, asymmetry, lanes, batch);
      });
    }
    if (variation().table) {
      for (int l = 0; l < lanes; ++l) batch.table[l] = property[l];
      property += distance;
    }
    if (variation().bounds) {
      scale_bounds(bounds, bounds + distance, variation().dead ? property : nullptr, range, lanes,
                   batch);
    }
  }

 private:
  /// `asymmetry`: null where slopes have none.
  template <SlopeDistribution distribution>
  void scale_slopes(std::int8_t const* up, std::int8_t const* down, std::int8_t const* asymmetry,
                    int lanes, MoveBatch& batch) const {
    float const spread = device_.spread.slope;
    float const more = device_.spread.asymmetry;
    for (int l = 0; asymmetry == nullptr && l < lanes; ++l) {
      batch.slope_up[l] = larger(slope_as<distribution>(spread, up[l]), 0.0F);
    }
    for (int l = 0; asymmetry == nullptr && l < lanes; ++l) {
      batch.slope_down[l] = larger(slope_as<distribution>(spread, down[l]), 0.0F);
    }
    for (int l = 0; asymmetry != nullptr && l < lanes; ++l) {
      float const own = more * draw_value(asymmetry[l]);
      batch.slope_up[l] = larger(slope_as<distribution>(spread, up[l]) + own, 0.0F);
      batch.slope_down[l] = larger(slope_as<distribution>(spread, down[l]) - own, 0.0F);
    }
  }

  void scale_bends(std::int8_t const* up, std::int8_t const* down, int lanes,
                   MoveBatch& batch) const {
    float const spread_up = device_.spread.bend_up;
    float const spread_down = device_.spread.bend_down;
    for (int l = 0; l < lanes; ++l) batch.bend_up[l] = bend_of(spread_up, up[l]);
    for (int l = 0; l < lanes; ++l) batch.bend_down[l] = bend_of(spread_down, down[l]);
  }

  /// `level`: null where no device is dead.
  void scale_bounds(std::int8_t const* low, std::int8_t const* high, std::int8_t const* level,
                    float range, int lanes, MoveBatch& batch) const {
    DeviceConstants const k = device_;
    for (int l = 0; level == nullptr && l < lanes; ++l) {
      Bounds const bounds = live_bounds(k, range, low[l], high[l]);
      batch.low[l] = bounds.low;
      batch.high[l] = bounds.high;
    }
    for (int l = 0; level != nullptr && l < lanes; ++l) {
      Bounds const bounds = bounds_of(k, range, low[l], high[l], level[l]);
      batch.low[l] = bounds.low;
      batch.high[l] = bounds.high;
    }
  }

  void const* law(int slice) const { return law_ + law_bytes_ * static_cast<std::size_t>(slice); }

  UpdateArgs const& args_;
  DeviceConstants const& device_;
  unsigned char const* law_;  // constants of slice 0
  std::size_t law_bytes_;
  LawMoves moves_;
  ReachTable tables_[max_slices];
  std::int64_t like_batches_[max_slices] = {};  // by slice, batches that a table serves
  std::uint64_t step_ = 0;
  std::uint32_t sub_step_ = 0;
};

/// Lanes that nothing else fills.
inline void clear_batch(MoveBatch& batch) {
  for (int l = 0; l < move_lanes; ++l) {
    batch.position[l] = 0.0F;
    batch.normal[l] = 0.0F;
    batch.dither[l] = 0.5F;
  }
  for (int l = 0; l < block_lanes; ++l) batch.saturated[l] = 0;
}

/// The batch's saturated moves; starts the next count.
inline std::uint64_t take_saturated(MoveBatch& batch) {
  std::uint64_t sum = 0;
  for (int l = 0; l < block_lanes; ++l) {
    sum += static_cast<std::uint64_t>(batch.saturated[l]);
    batch.saturated[l] = 0;
  }
  return sum;
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
