// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One row of one plane in a panel of columns, from step counts to codes, for devices that need
// their law. Dense groups of 64 columns are moved in place, with random words as their lanes draw
// them. Where few columns move, the moving ones are gathered into full vectors instead: that costs
// more a device, but only for devices that move.

#include <cstdint>

#include "kernels/cpu/update_ideal.hpp"
#include "kernels/cpu/update_moves.hpp"

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

/// A row of a plane.
struct PlaneRow {
  std::int16_t* codes;  // of the panel's first column
  std::int64_t index;   // XbarShape::index of that column
  std::uint64_t item;   // device_item of column 0
  int first;            // the panel's first column
  int width;            // columns of the panel in memory
  int slice;
  bool mirrored;
};

/// Moves the devices of rows of one replica in one example.
class PlaneMover {
 public:
  PlaneMover(UpdateArgs const& args, int replica, MoveBatchFunction function, std::size_t law_bytes)
      : args_(args),
        device_(args.devices[replica]),
        law_(static_cast<unsigned char const*>(args.law) +
             law_bytes * static_cast<std::size_t>(replica * args.slicing.slices)),
        law_bytes_(law_bytes),
        move_(function),
        noisy_(args.noise != WriteNoiseKind::off),
        stochastic_(args.rounding == CodeRounding::stochastic) {
    for (int l = 0; l < move_lanes; ++l) {
      batch_.position[l] = 0.0F;
      batch_.normal[l] = 0.0F;
      batch_.dither[l] = 0.5F;
    }
    for (int l = 0; l < block_lanes; ++l) batch_.saturated[l] = 0;
  }

  void set_step(std::uint64_t step) { step_ = step; }

  /// `counts` and `up`: of the panel's columns.
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
    slice_ = row.slice;
    range_ = static_cast<float>(window_range(args_.slicing.cell_bits[row.slice]));
    sub_step_ = sub_step;
    fill_nominal(args_.traits.variation, range_, batch_);
    if (active * gather_gain < dense * group_columns) {
      move_gathered(row, groups, moving, counts, up);
    } else {
      for (int g = 0; g < groups; ++g) {
        if (moving[g] != 0) move_dense(row, g * group_columns, counts, up);
      }
    }
    tally.updates += static_cast<std::uint64_t>(active);
    std::uint64_t steps = 0;
    for (int c = 0; c < groups * group_columns; ++c) steps += counts[c];
    tally.steps += steps;
    for (int l = 0; l < block_lanes; ++l) {
      tally.saturations += static_cast<std::uint64_t>(batch_.saturated[l]);
      batch_.saturated[l] = 0;
    }
  }

 private:
  /// Directions are of the code; a mirrored device goes the other way.
  template <class Count>
  void load_lanes(bool mirrored, std::int16_t const* codes, Count const* counts,
                  std::uint8_t const* up, int lanes) {
    std::uint8_t const flip = mirrored ? 255 : 0;
    for (int first = 0; first < lanes; first += 32) {
      for (int l = first; l < first + 32; ++l) {
        float const stored = position_of(codes[l]);
        batch_.position[l] = mirrored ? range_ - stored : stored;
      }
    }
    for (int l = 0; l < move_lanes; ++l) {
      batch_.steps[l] = static_cast<float>(static_cast<std::int32_t>(counts[l]));
      batch_.up[l] = up[l] ^ flip;
    }
  }

  void store_lanes(bool mirrored, std::int16_t* codes, int lanes) const {
    std::int32_t const mirror = static_cast<std::int32_t>(range_) + 2 * code_of_g_min;
    for (int first = 0; first < lanes; first += 32) {
      for (int l = first; l < first + 32; ++l) {
        std::int32_t const physical = code_of_position(batch_.position[l], batch_.dither[l]);
        auto const code = static_cast<std::int16_t>(mirrored ? mirror - physical : physical);
        codes[l] = batch_.steps[l] != 0.0F ? code : codes[l];
      }
    }
  }

  void apply(int blocks) {
    move_(law_ + law_bytes_ * static_cast<std::size_t>(slice_), device_, range_, batch_, blocks);
  }

  PhiloxCounters counters(Stream stream, std::uint64_t item) const {
    bool const noise = stream == Stream::update_noise;
    return PhiloxCounters::consecutive(
        draw_counter(stream, item, noise ? step_ : 0, noise ? sub_step_ : 0));
  }

  template <class Count>
  void move_dense(PlaneRow const& row, int at, Count const* counts, std::uint8_t const* up) {
    int const lanes = smaller(move_lanes, row.width - at);
    load_lanes(row.mirrored, row.codes + at, counts + at, up + at, lanes);
    auto const column = static_cast<std::uint64_t>(row.first + at);
    if (noisy_ || stochastic_) {
      PhiloxBlocks blocks;
      philox_blocks(counters(Stream::update_noise, row.item + column / 4), device_.seed, blocks);
      if (noisy_) fill_normals(blocks, batch_.normal);
      if (stochastic_) fill_dithers(blocks, batch_.dither);
    }
    if (args_.traits.variation.any()) {
      if (args_.traits.stored != nullptr) {
        load_traits(args_.traits.stored + row.index + at, args_.traits.devices, lanes);
      } else {
        for (int first = 0; first < lanes; first += block_lanes) {
          PhiloxBlocks blocks;
          philox_blocks(counters(Stream::device_variation,
                                 row.item + column + static_cast<std::uint64_t>(first)),
                        device_.seed, blocks);
          fill_traits(device_, args_.traits.variation, range_, blocks, batch_, first);
        }
      }
    }
    apply(lanes / block_lanes);
    store_lanes(row.mirrored, row.codes + at, lanes);
  }

  /// `property`: the first stored property, the next ones `distance` apart.
  void load_traits(std::int8_t const* property, std::int64_t distance, int lanes) {
    if (args_.traits.variation.slope) {
      scale_slopes(property, property + distance, lanes);
      property += 2 * distance;
    }
    if (args_.traits.variation.bend) {
      scale_bends(property, property + distance, lanes);
      property += 2 * distance;
    }
    if (args_.traits.variation.bounds) scale_bounds(property, property + distance, lanes);
  }

  void scale_slopes(std::int8_t const* up, std::int8_t const* down, int lanes) {
    float const spread = device_.slope_spread;
    for (int l = 0; l < lanes; ++l) batch_.slope_up[l] = slope_of(spread, up[l]);
    for (int l = 0; l < lanes; ++l) batch_.slope_down[l] = slope_of(spread, down[l]);
  }

  void scale_bends(std::int8_t const* up, std::int8_t const* down, int lanes) {
    float const spread = device_.nonlinearity_spread;
    for (int l = 0; l < lanes; ++l) batch_.bend_up[l] = bend_of(spread, up[l]);
    for (int l = 0; l < lanes; ++l) batch_.bend_down[l] = bend_of(spread, down[l]);
  }

  void scale_bounds(std::int8_t const* low, std::int8_t const* high, int lanes) {
    DeviceConstants const k = device_;
    for (int l = 0; l < lanes; ++l) {
      Bounds const bounds = bounds_of(k, range_, low[l], high[l]);
      batch_.low[l] = bounds.low;
      batch_.high[l] = bounds.high;
    }
  }

  /// Columns of the devices that are gathered, and copies of what they bring.
  struct alignas(64) Gathered {
    std::int32_t column[panel_columns];  // of the panel
    std::int16_t code[move_lanes];
    std::uint32_t count[move_lanes];
    std::uint8_t up[move_lanes];
    std::int8_t draw[most_stored_bytes][move_lanes];
  };

  template <class Count>
  void move_gathered(PlaneRow const& row, int groups, std::uint64_t const* moving,
                     Count const* counts, std::uint8_t const* up) {
    int found = 0;
    for (int g = 0; g < groups; ++g) {
      for (std::uint64_t bits = moving[g]; bits != 0; bits &= bits - 1) {
        gathered_.column[found++] = g * group_columns + __builtin_ctzll(bits);
      }
    }
    for (int first = 0; first < found; first += move_lanes) {
      int const lanes = smaller(move_lanes, found - first);
      move_some(row, gathered_.column + first, lanes, counts, up);
    }
  }

  template <class Count>
  void move_some(PlaneRow const& row, std::int32_t const* column, int lanes, Count const* counts,
                 std::uint8_t const* up) {
    int const blocks = (lanes + block_lanes - 1) / block_lanes;
    for (int l = 0; l < lanes; ++l) {
      gathered_.code[l] = row.codes[column[l]];
      gathered_.count[l] = counts[column[l]];
      gathered_.up[l] = up[column[l]];
    }
    for (int l = lanes; l < blocks * block_lanes; ++l) gathered_.count[l] = 0;
    load_lanes(row.mirrored, gathered_.code, gathered_.count, gathered_.up, move_lanes);
    gather_traits(row, column, lanes, blocks);
    for (int block = 0; block < blocks; ++block) {
      draw_gathered(row, column + block * block_lanes,
                    smaller(block_lanes, lanes - block * block_lanes), block * block_lanes);
    }
    apply(blocks);
    store_lanes(row.mirrored, gathered_.code, move_lanes);
    for (int l = 0; l < lanes; ++l) row.codes[column[l]] = gathered_.code[l];
  }

  /// Noise and regenerated traits of up to sixteen gathered devices, a Philox block each.
  void draw_gathered(PlaneRow const& row, std::int32_t const* column, int lanes, int first) {
    PhiloxBlocks blocks;
    if (noisy_ || stochastic_) {
      PhiloxCounters c = counters(Stream::update_noise, row.item);
      std::uint32_t const base = c.c0[0];
      alignas(64) std::int32_t word[block_lanes] = {};
      for (int l = 0; l < lanes; ++l) {
        int const col = row.first + column[l];
        c.c0[l] = base + static_cast<std::uint32_t>(lane_of_column(col));
        word[l] = word_of_column(col);
      }
      philox_blocks(c, device_.seed, blocks);
      if (noisy_) choose_normals(blocks, word, batch_.normal + first);
      if (stochastic_) choose_dithers(blocks, word, batch_.dither + first);
    }
    if (!args_.traits.variation.any() || args_.traits.stored != nullptr) return;
    PhiloxCounters c = counters(Stream::device_variation, row.item);
    std::uint32_t const base = c.c0[0];
    for (int l = 0; l < lanes; ++l) {
      c.c0[l] = base + static_cast<std::uint32_t>(row.first + column[l]);
    }
    philox_blocks(c, device_.seed, blocks);
    fill_traits(device_, args_.traits.variation, range_, blocks, batch_, first);
  }

  /// Stored traits of the gathered devices of a batch.
  void gather_traits(PlaneRow const& row, std::int32_t const* column, int lanes, int blocks) {
    Variation const& variation = args_.traits.variation;
    if (!variation.any() || args_.traits.stored == nullptr) return;
    for (int i = 0; i < stored_trait_bytes(variation); ++i) {
      std::int8_t const* const stored = args_.traits.stored + i * args_.traits.devices + row.index;
      for (int l = 0; l < lanes; ++l) gathered_.draw[i][l] = stored[column[l]];
      for (int l = lanes; l < blocks * block_lanes; ++l) gathered_.draw[i][l] = 0;
    }
    load_traits(gathered_.draw[0], move_lanes, blocks * block_lanes);
  }

  UpdateArgs const& args_;
  DeviceConstants const& device_;
  unsigned char const* law_;  // constants of slice 0
  std::size_t law_bytes_;
  MoveBatchFunction move_;
  bool noisy_;
  bool stochastic_;
  std::uint64_t step_ = 0;
  std::uint32_t sub_step_ = 0;
  int slice_ = 0;
  float range_ = 0.0F;
  MoveBatch batch_;
  Gathered gathered_;
};

}  // namespace panther::PANTHER_ISA_NAMESPACE
