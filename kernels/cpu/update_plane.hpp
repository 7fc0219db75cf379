// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One row of one plane in a panel of columns, from step counts to codes, for devices that need
// their law. Dense groups of 64 columns are moved in place, with random words as their lanes draw
// them. Where few columns move, the moving ones are gathered into full vectors instead: that costs
// more a device, but only for devices that move.

#include <cstdint>
#include <type_traits>

#include "kernels/cpu/update_gathered.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

/// Gather where it has fewer than 1 / gather_gain of the columns that dense groups would move.
inline constexpr int gather_gain = 4;

/// Bit j: counts[j] is not zero.
inline std::uint64_t moving_columns(std::uint8_t const* counts) {
#if PANTHER_ISA_LEVEL == 512
  __m512i const bytes = _mm512_load_si512(counts);
  return _mm512_test_epi8_mask(bytes, bytes);
#elif PANTHER_ISA_LEVEL == 2
  auto const* const halves = reinterpret_cast<__m256i const*>(counts);
  __m256i const zero = _mm256_setzero_si256();
  auto const low = static_cast<std::uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_load_si256(halves), zero)));
  auto const high = static_cast<std::uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_load_si256(halves + 1), zero)));
  return ~((static_cast<std::uint64_t>(high) << 32) | low);
#else
  std::uint64_t moving = 0;
  for (int j = 0; j < group_columns; ++j) {
    moving |= static_cast<std::uint64_t>(counts[j] != 0 ? 1U : 0U) << j;
  }
  return moving;
#endif
}

inline std::uint64_t moving_columns(std::uint32_t const* counts) {
  alignas(64) std::uint8_t moves[group_columns];
  for (int j = 0; j < group_columns; ++j) moves[j] = counts[j] != 0 ? 1 : 0;
  return moving_columns(moves);
}

/// Sum of `columns` counts, whole groups.
inline std::uint64_t sum_of(std::uint8_t const* counts, int columns) {
#if PANTHER_ISA_LEVEL == 512
  __m512i sum = _mm512_setzero_si512();
  for (int c = 0; c < columns; c += group_columns) {
    sum = _mm512_add_epi64(sum,
                           _mm512_sad_epu8(_mm512_load_si512(counts + c), _mm512_setzero_si512()));
  }
  return static_cast<std::uint64_t>(_mm512_reduce_add_epi64(sum));
#else
  std::uint32_t sum = 0;
  for (int c = 0; c < columns; ++c) sum += counts[c];
  return sum;
#endif
}

inline std::uint64_t sum_of(std::uint32_t const* counts, int columns) {
  std::uint64_t sum = 0;
  for (int c = 0; c < columns; ++c) sum += counts[c];
  return sum;
}

/// Moves the devices of rows of one replica.
class PlaneMover {
 public:
  PlaneMover(UpdateArgs const& args, int replica, LawMoves const& moves, std::size_t law_bytes)
      : context_(args, replica, moves, law_bytes), gathered_(context_) {
    clear_batch(batch_);
  }
  PlaneMover(PlaneMover const&) = delete;
  PlaneMover& operator=(PlaneMover const&) = delete;

  void set_step(std::uint64_t step) { context_.set_step(step); }

  /// `counts` and `up`: of the panel's columns. Devices may wait for finish().
  template <class Count>
  void move(PlaneRow const& row, int groups, Count const* counts, std::uint8_t const* up,
            std::uint32_t sub_step, UpdateTally& tally) {
    std::uint64_t moving[panel_groups];
    int active = 0;
    int dense = 0;
    for (int g = 0; g < groups; ++g) {
      moving[g] = moving_columns(counts + g * group_columns);
      active += __builtin_popcountll(moving[g]);
      dense += moving[g] != 0 ? 1 : 0;
    }
    if (active == 0) return;
    context_.set_sub_step(sub_step);
    std::uint64_t steps = 0;
    if (active * gather_gain < dense * group_columns) {
      steps = gather(row, groups, moving, counts, up, tally);
      if (sub_step != 0) gathered_.move(row.plane, tally);
    } else {
      steps = move_groups(row, groups, moving, counts, up, tally);
    }
    tally.updates += static_cast<std::uint64_t>(active);
    tally.steps += steps;
  }

  /// Ends the present step: moves what waits. `tallies`: of the slices.
  void finish(UpdateTally* tallies) {
    Slicing const& slicing = context_.args().slicing;
    for (int plane = 0; plane < slicing.planes(); ++plane) {
      gathered_.move(plane, tallies[slicing.slice_of(plane)]);
    }
  }

 private:
  template <class Count>
  std::uint64_t gather(PlaneRow const& row, int groups, std::uint64_t const* moving,
                       Count const* counts, std::uint8_t const* up, UpdateTally& tally) {
    std::uint64_t steps = 0;
    for (int g = 0; g < groups; ++g) {
      for (std::uint64_t bits = moving[g]; bits != 0; bits &= bits - 1) {
        int const c = g * group_columns + __builtin_ctzll(bits);
        steps += counts[c];
        gathered_.add(row, c, counts[c], up[c], tally);
      }
    }
    return steps;
  }

  /// Moves the groups that have a moving column.
  template <class Count>
  std::uint64_t move_groups(PlaneRow const& row, int groups, std::uint64_t const* moving,
                            Count const* counts, std::uint8_t const* up, UpdateTally& tally) {
    int const columns = groups * group_columns;
    Count any_steps = 0;
    for (int c = 0; c < columns; ++c) any_steps |= counts[c];
    ReachTable const* const table = context_.table(row.slice, any_steps);
    if constexpr (std::is_same_v<Count, std::uint8_t>) {
      if (table != nullptr && context_.quiet()) {
        QuietRow const quiet{row.codes, counts, up, smaller(columns, row.width),
                             context_.mirrored(row.plane)};
        context_.move_quiet(row.slice, *table, quiet, batch_);
        tally.saturations += take_saturated(batch_);
        return sum_of(counts, columns);
      }
    }
    for (int g = 0; g < groups; ++g) {
      if (moving[g] != 0) move_dense(row, g * group_columns, counts, up, table);
    }
    tally.saturations += take_saturated(batch_);
    return sum_of(counts, columns);
  }

  /// Moves the 64 columns from `at` on.
  template <class Count>
  void move_dense(PlaneRow const& row, int at, Count const* counts, std::uint8_t const* up,
                  ReachTable const* table) {
    // Directions are of the code; a mirrored device goes the other way.
    bool const mirrored = context_.mirrored(row.plane);
    std::uint8_t const flip = mirrored ? 255 : 0;
    float const range = context_.range(row.slice);
    int const lanes = smaller(move_lanes, row.width - at);
    load_positions(mirrored, range, row.codes + at, lanes, batch_);
    for (int l = 0; l < move_lanes; ++l) {
      batch_.steps[l] = static_cast<float>(static_cast<std::int32_t>(counts[at + l]));
      batch_.up[l] = up[at + l] ^ flip;
    }
    if (context_.shared()) take_shares(context_.args().shares + row.index + at, lanes, batch_);
    if (context_.counts() && !count_dense(row, at, lanes)) return;
    draw_dense(row, at, range, lanes);
    context_.apply(row.slice, batch_, lanes / block_lanes, table);
    store_positions(mirrored, range, batch_, lanes, row.codes + at);
  }

  /// Counts the pulses of 64 columns; false if no code moves.
  bool count_dense(PlaneRow const& row, int at, int lanes) {
    std::uint64_t const group = row.item + static_cast<std::uint64_t>(row.first + at) / 4;
    std::uint64_t const seed = context_.device().seed;
    std::int16_t* const progress = context_.args().progress + row.index + at;
    CounterLanes counters;
    PhiloxBlocks blocks;
    philox_blocks(PhiloxCounters::consecutive(MoveContext::counter_traits(group)), seed, blocks);
    fill_words(blocks, counters.word);
    fill_halves(counters.uniform);
    if (context_.stochastic()) {
      philox_blocks(PhiloxCounters::consecutive(context_.counter_rounding(group)), seed, blocks);
      fill_uniforms(blocks, counters.uniform);
    }
    for (int l = 0; l < lanes; ++l) counters.progress[l] = progress[l];
    bool const any = context_.count(row.slice, lanes, counters, batch_);
    for (int l = 0; l < lanes; ++l) {
      progress[l] = static_cast<std::int16_t>(counters.progress[l]);
    }
    return any;
  }

  void draw_dense(PlaneRow const& row, int at, float range, int lanes) {
    auto const column = static_cast<std::uint64_t>(row.first + at);
    if (context_.variation().any()) fill_nominal(context_.variation(), range, batch_);
    PhiloxBlocks blocks;
    if (context_.random()) {
      philox_blocks(PhiloxCounters::consecutive(context_.noise_counter(row.item + column / 4)),
                    context_.device().seed, blocks);
      if (context_.draws()) fill_uniforms(blocks, batch_.normal);
      if (context_.noisy()) fill_normals(blocks, batch_.normal);
      if (context_.stochastic()) fill_dithers(blocks, batch_.dither);
    }
    if (context_.stores_traits()) {
      TraitSource const& traits = context_.args().traits;
      context_.load_traits(traits.stored + row.index + at, traits.devices, range, lanes, batch_);
    }
    for (int first = 0; context_.regenerates_traits() && first < lanes; first += block_lanes) {
      std::uint64_t const item = row.item + column + static_cast<std::uint64_t>(first);
      TraitBlocks words;
      draw_trait_words(context_.device(), context_.variation(),
                       PhiloxCounters::consecutive(MoveContext::trait_counter(item)), words);
      fill_traits(context_.device(), context_.variation(), range, words, batch_, first);
    }
  }

  MoveContext context_;
  GatheredMoves gathered_;
  MoveBatch batch_;
};

}  // namespace panther::PANTHER_ISA_NAMESPACE
