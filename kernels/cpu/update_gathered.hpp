// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Moves where few columns of a row move: devices of any rows of one plane wait until they fill a
// batch. An example whose errors reach only low slices moves one or two devices of most rows; row
// by row their vectors would be nearly empty.
//
// Devices wait at most until their example ends, and until their sub-step ends, so none is moved
// twice in one batch.

#include <cstdint>

#include "kernels/cpu/update_context.hpp"
#include "kernels/cpu/update_ideal.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

class GatheredMoves {
 public:
  explicit GatheredMoves(MoveContext& context) : context_(context) { clear_batch(batch_); }

  /// One moving device of a row, `column` counted from the panel's first.
  void add(PlaneRow const& row, int column, std::uint32_t steps, std::uint8_t up,
           UpdateTally& tally) {
    Waiting& waiting = waiting_[row.plane];
    int const l = waiting.lanes++;
    waiting.index[l] = row.index + column;
    waiting.item[l] = row.item;
    waiting.column[l] = row.first + column;
    waiting.steps[l] = static_cast<std::int32_t>(steps);
    waiting.up[l] = up;
    waiting.any_steps |= steps;
    if (waiting.lanes == move_lanes) move(row.plane, tally);
  }

  /// Moves what waits in one plane, whose slice the tally is of.
  void move(int plane, UpdateTally& tally) {
    Waiting& waiting = waiting_[plane];
    if (waiting.lanes == 0) return;
    int const slice = context_.args().slicing.slice_of(plane);
    bool const mirrored = context_.args().slicing.mirrored(plane);
    float const range = context_.range(slice);
    int const blocks = (waiting.lanes + block_lanes - 1) / block_lanes;
    fill_idle(waiting, blocks * block_lanes);
    load(waiting, mirrored, range);
    if (context_.counts()) count(waiting, slice, blocks);
    for (int block = 0; block < blocks; ++block) draw(waiting, range, block * block_lanes);
    context_.apply(slice, batch_, blocks, context_.table(slice, waiting.any_steps));
    store_positions(mirrored, range, batch_, move_lanes, code_);
    for (int l = 0; l < waiting.lanes; ++l) {
      context_.args().codes[waiting.index[l]] = code_[l];
    }
    tally.saturations += take_saturated(batch_);
    waiting.lanes = 0;
    waiting.any_steps = 0;
  }

 private:
  struct alignas(64) Waiting {
    std::int64_t index[move_lanes];
    std::uint64_t item[move_lanes];  // device_item of column 0
    std::int32_t column[move_lanes];
    std::int32_t steps[move_lanes];
    std::int32_t up[move_lanes];
    int lanes = 0;
    std::uint32_t any_steps = 0;  // bits of all lanes
  };

  /// Idle lanes stand for the first device and take no step.
  static void fill_idle(Waiting& waiting, int lanes) {
    for (int l = waiting.lanes; l < lanes; ++l) {
      waiting.index[l] = waiting.index[0];
      waiting.item[l] = waiting.item[0];
      waiting.column[l] = waiting.column[0];
    }
    for (int l = waiting.lanes; l < move_lanes; ++l) waiting.steps[l] = 0;
  }

  void load(Waiting const& waiting, bool mirrored, float range) {
    UpdateArgs const& args = context_.args();
    for (int l = 0; l < waiting.lanes; ++l) code_[l] = args.codes[waiting.index[l]];
    load_positions(mirrored, range, code_, move_lanes, batch_);
    std::int32_t const flip = mirrored ? 255 : 0;
    for (int l = 0; l < move_lanes; ++l) {
      batch_.steps[l] = static_cast<float>(waiting.steps[l]);
      batch_.up[l] = waiting.up[l] ^ flip;
    }
    for (int l = 0; context_.shared() && l < waiting.lanes; ++l) {
      batch_.steps[l] *= share_value(args.shares[waiting.index[l]]);
    }
    if (context_.variation().any()) fill_nominal(context_.variation(), range, batch_);
    if (!context_.stores_traits()) return;
    for (int i = 0; i < stored_trait_bytes(context_.variation()); ++i) {
      std::int8_t const* const stored = args.traits.stored + i * args.traits.devices;
      for (int l = 0; l < waiting.lanes; ++l) draws_[i][l] = stored[waiting.index[l]];
    }
    context_.load_traits(draws_[0], move_lanes, range, move_lanes, batch_);
  }

  /// Counts the pulses of all lanes; leaves the steps that reach their codes.
  void count(Waiting const& waiting, int slice, int blocks) {
    CounterLanes counters;
    std::int16_t* const progress = context_.args().progress;
    for (int l = 0; l < move_lanes; ++l) counters.progress[l] = 0;
    for (int l = 0; l < waiting.lanes; ++l) counters.progress[l] = progress[waiting.index[l]];
    fill_halves(counters.uniform);
    for (int block = 0; block < blocks; ++block)
      draw_counters(waiting, block * block_lanes, counters);
    context_.count(slice, blocks * block_lanes, counters, batch_);
    for (int l = 0; l < waiting.lanes; ++l) {
      progress[waiting.index[l]] = static_cast<std::int16_t>(counters.progress[l]);
    }
  }

  /// Words of sixteen lanes, a Philox block each.
  void draw_counters(Waiting const& waiting, int first, CounterLanes& lanes) {
    PhiloxCounters traits = PhiloxCounters::consecutive(MoveContext::counter_traits(0));
    PhiloxCounters rounding = PhiloxCounters::consecutive(context_.counter_rounding(0));
    alignas(64) std::int32_t word[block_lanes];
    for (int l = 0; l < block_lanes; ++l) {
      int const column = waiting.column[first + l];
      set_item(traits, l, waiting.item[first + l], lane_of_column(column));
      set_item(rounding, l, waiting.item[first + l], lane_of_column(column));
      word[l] = word_of_column(column);
    }
    PhiloxBlocks blocks;
    philox_blocks(traits, context_.device().seed, blocks);
    for (int l = 0; l < block_lanes; ++l) lanes.word[first + l] = chosen_word(blocks, word[l], l);
    if (!context_.stochastic()) return;
    philox_blocks(rounding, context_.device().seed, blocks);
    choose_uniforms(blocks, word, lanes.uniform + first);
  }

  /// Noise and regenerated traits of sixteen lanes, a Philox block each.
  void draw(Waiting const& waiting, float range, int first) {
    if (context_.random()) {
      PhiloxBlocks blocks;
      PhiloxCounters counters = PhiloxCounters::consecutive(context_.noise_counter(0));
      alignas(64) std::int32_t word[block_lanes];
      for (int l = 0; l < block_lanes; ++l) {
        int const column = waiting.column[first + l];
        set_item(counters, l, waiting.item[first + l], lane_of_column(column));
        word[l] = word_of_column(column);
      }
      philox_blocks(counters, context_.device().seed, blocks);
      if (context_.draws()) choose_uniforms(blocks, word, batch_.normal + first);
      if (context_.noisy()) choose_normals(blocks, word, batch_.normal + first);
      if (context_.stochastic()) choose_dithers(blocks, word, batch_.dither + first);
    }
    if (!context_.regenerates_traits()) return;
    PhiloxCounters counters = PhiloxCounters::consecutive(MoveContext::trait_counter(0));
    for (int l = 0; l < block_lanes; ++l) {
      set_item(counters, l, waiting.item[first + l], waiting.column[first + l]);
    }
    TraitBlocks words;
    draw_trait_words(context_.device(), context_.variation(), counters, words);
    fill_traits(context_.device(), context_.variation(), range, words, batch_, first);
  }

  static void set_item(PhiloxCounters& counters, int lane, std::uint64_t item, int offset) {
    std::uint64_t const own = item + static_cast<std::uint64_t>(offset);
    counters.c0[lane] = static_cast<std::uint32_t>(own);
    counters.c1[lane] = static_cast<std::uint32_t>(own >> 32);
  }

  MoveContext& context_;
  MoveBatch batch_;
  alignas(64) std::int16_t code_[move_lanes] = {};
  alignas(64) std::int8_t draws_[most_stored_bytes][move_lanes] = {};
  Waiting waiting_[max_planes];
};

}  // namespace panther::PANTHER_ISA_NAMESPACE
