// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Up to 64 devices that move together: their inputs as arrays of 32-bit lanes, so that the compiler
// turns the loops over the device functions of devicemodels/ into vector code. Every lane does the
// operations of move_device in their order: the bits are those of the plain functor.

#include <cstdint>

#include "devicemodels/cell.hpp"
#include "kernels/cpu/philox_blocks.hpp"
#include "kernels/cpu/trait_words.hpp"
#include "kernels/xbar/update.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

inline constexpr int move_lanes = 64;
inline constexpr int block_lanes = 16;

struct alignas(64) MoveBatch {
  float
      position[move_lanes];  // physical: mirrored devices are reflected; after move(): the new one
  float steps[move_lanes];   // 0: the lane is idle
  std::int32_t up[move_lanes];  // of the physical device; 0 or not
  float normal[move_lanes];     // of a law that draws: uniform
  float dither[move_lanes];
  float slope_up[move_lanes];
  float slope_down[move_lanes];
  float bend_up[move_lanes];
  float bend_down[move_lanes];
  float reach[move_lanes];  // of the law, where it is looked up
  float low[move_lanes];
  float high[move_lanes];
  std::int32_t table[move_lanes];
  std::int32_t saturated[block_lanes];  // counts, summed over blocks and batches
};

/// Which frozen traits a move needs.
enum class TraitUse : std::uint8_t { nominal, unbent, all };

/// Normals of sixteen lanes of four columns each: word k's columns go to normal[16 k ...].
inline void fill_normals(PhiloxBlocks const& blocks, float* normal) {
  for (int pair = 0; pair < 2; ++pair) {
    for (int l = 0; l < philox_lanes; ++l) {
      NormalPair const both = normal_pair(blocks.word[2 * pair][l], blocks.word[2 * pair + 1][l]);
      normal[32 * pair + l] = both.first;
      normal[32 * pair + 16 + l] = both.second;
    }
  }
}

/// The same for a law that draws.
inline void fill_uniforms(PhiloxBlocks const& blocks, float* uniform) {
  for (int k = 0; k < 4; ++k) {
    for (int l = 0; l < philox_lanes; ++l) uniform[16 * k + l] = uniform_of(blocks.word[k][l]);
  }
}

inline void fill_dithers(PhiloxBlocks const& blocks, float* dither) {
  for (int k = 0; k < 4; ++k) {
    for (int l = 0; l < philox_lanes; ++l) dither[16 * k + l] = dither_of(blocks.word[k][l]);
  }
}

/// The same for lanes of one column each, whose word is word[l].
inline void choose_normals(PhiloxBlocks const& blocks, std::int32_t const* word, float* normal) {
  for (int l = 0; l < philox_lanes; ++l) {
    bool const upper = word[l] >= 2;
    NormalPair const both = normal_pair(upper ? blocks.word[2][l] : blocks.word[0][l],
                                        upper ? blocks.word[3][l] : blocks.word[1][l]);
    normal[l] = (word[l] & 1) != 0 ? both.second : both.first;
  }
}

inline std::uint32_t chosen_word(PhiloxBlocks const& blocks, std::int32_t word, int lane) {
  std::uint32_t const low = (word & 1) != 0 ? blocks.word[1][lane] : blocks.word[0][lane];
  std::uint32_t const high = (word & 1) != 0 ? blocks.word[3][lane] : blocks.word[2][lane];
  return word >= 2 ? high : low;
}

inline void choose_uniforms(PhiloxBlocks const& blocks, std::int32_t const* word, float* uniform) {
  for (int l = 0; l < philox_lanes; ++l) uniform[l] = uniform_of(chosen_word(blocks, word[l], l));
}

inline void choose_dithers(PhiloxBlocks const& blocks, std::int32_t const* word, float* dither) {
  for (int l = 0; l < philox_lanes; ++l) dither[l] = dither_of(chosen_word(blocks, word[l], l));
}

/// Calls f.template operator()<distribution>().
template <class F>
inline void visit_distribution(SlopeDistribution distribution, F&& f) {
  if (distribution == SlopeDistribution::log_normal) {
    f.template operator()<SlopeDistribution::log_normal>();
  } else {
    f.template operator()<SlopeDistribution::normal>();
  }
}

/// Slopes of sixteen lanes from the words of their devices.
template <SlopeDistribution distribution>
inline void fill_slopes(SpreadConstants const& k, bool asymmetric, TraitBlocks const& words,
                        MoveBatch& batch, int first) {
  for (int l = 0; l < block_lanes; ++l) {
    DrawPair const draws = slope_draws(k, words.own.word[0][l]);
    batch.slope_up[first + l] = larger(slope_as<distribution>(k.slope, draws.first), 0.0F);
    batch.slope_down[first + l] = larger(slope_as<distribution>(k.slope, draws.second), 0.0F);
  }
  for (int l = 0; asymmetric && l < block_lanes; ++l) {
    DrawPair const draws = slope_draws(k, words.own.word[0][l]);
    float const more = k.asymmetry * draw_value(asymmetry_draw(words.asymmetry[l]));
    batch.slope_up[first + l] = larger(slope_as<distribution>(k.slope, draws.first) + more, 0.0F);
    batch.slope_down[first + l] =
        larger(slope_as<distribution>(k.slope, draws.second) - more, 0.0F);
  }
}

/// Bounds of sixteen lanes from the words of their devices, and of their neighbours where placed.
template <bool placed, bool dead>
inline void fill_bounds(DeviceConstants const& k, float range, TraitBlocks const& words,
                        MoveBatch& batch, int first) {
  for (int l = 0; l < block_lanes; ++l) {
    Surroundings const around = placed ? words.around(l) : Surroundings{false, true};
    BoundDraws const draws = bound_draws(k, words.own.word[2][l], words.own.word[3][l], around);
    Bounds const bounds = dead ? bounds_of(k, range, draws.low, draws.high, draws.level)
                               : live_bounds(k, range, draws.low, draws.high);
    batch.low[first + l] = bounds.low;
    batch.high[first + l] = bounds.high;
  }
}

/// Traits of sixteen lanes from the words of their devices.
inline void fill_traits(DeviceConstants const& k, Variation variation, float range,
                        TraitBlocks const& words, MoveBatch& batch, int first) {
  if (variation.slope) {
    visit_distribution(k.spread.distribution, [&]<SlopeDistribution distribution>() {
      fill_slopes<distribution>(k.spread, variation.asymmetry, words, batch, first);
    });
  }
  if (variation.bend) {
    for (int l = 0; l < block_lanes; ++l) {
      DrawPair const draws = bend_draws(k.spread, words.own.word[1][l]);
      batch.bend_up[first + l] = bend_of(k.spread.bend_up, draws.first);
      batch.bend_down[first + l] = bend_of(k.spread.bend_down, draws.second);
    }
  }
  if (variation.table) {
    for (int l = 0; l < block_lanes; ++l) {
      batch.table[first + l] = table_draw(k.tables, words.own.word[3][l]);
    }
  }
  if (!variation.bounds) return;
  if (variation.placed) {
    fill_bounds<true, true>(k, range, words, batch, first);
  } else if (variation.dead) {
    fill_bounds<false, true>(k, range, words, batch, first);
  } else {
    fill_bounds<false, false>(k, range, words, batch, first);
  }
}

/// Lanes of properties that do not vary.
inline void fill_nominal(Variation variation, float range, MoveBatch& batch) {
  Traits const nominal = nominal_traits(range);
  for (int l = 0; l < move_lanes && !variation.slope; ++l) {
    batch.slope_up[l] = nominal.slope_up;
    batch.slope_down[l] = nominal.slope_down;
  }
  for (int l = 0; l < move_lanes && !variation.bend; ++l) {
    batch.bend_up[l] = nominal.bend_up;
    batch.bend_down[l] = nominal.bend_down;
  }
  for (int l = 0; l < move_lanes && !variation.bounds; ++l) {
    batch.low[l] = nominal.low;
    batch.high[l] = nominal.high;
  }
  for (int l = 0; l < move_lanes && !variation.table; ++l) batch.table[l] = nominal.table;
}

/// Codes of `lanes` devices, whole 32s, as physical positions.
inline void load_positions(bool mirrored, float range, std::int16_t const* codes, int lanes,
                           MoveBatch& batch) {
  for (int first = 0; first < lanes; first += 32) {
    for (int l = first; l < first + 32; ++l) {
      float const stored = position_of(codes[l]);
      batch.position[l] = mirrored ? range - stored : stored;
    }
  }
}

/// Of the steps of `lanes` devices, what they take. Idle lanes stay so.
inline void take_shares(std::uint16_t const* shares, int lanes, MoveBatch& batch) {
  for (int l = 0; l < lanes; ++l) batch.steps[l] *= share_value(shares[l]);
}

/// The codes of lanes that moved.
inline void store_positions(bool mirrored, float range, MoveBatch const& batch, int lanes,
                            std::int16_t* codes) {
  std::int32_t const mirror = static_cast<std::int32_t>(range) + 2 * code_of_g_min;
  for (int first = 0; first < lanes; first += 32) {
    for (int l = first; l < first + 32; ++l) {
      std::int32_t const physical = code_of_position(batch.position[l], batch.dither[l]);
      auto const code = static_cast<std::int16_t>(mirrored ? mirror - physical : physical);
      codes[l] = batch.steps[l] != 0.0F ? code : codes[l];
    }
  }
}

template <TraitUse use>
inline Traits traits_of_lane(MoveBatch const& batch, float range, int lane) {
  Traits traits = nominal_traits(range);
  if (use != TraitUse::nominal) {
    traits.slope_up = batch.slope_up[lane];
    traits.slope_down = batch.slope_down[lane];
    traits.low = batch.low[lane];
    traits.high = batch.high[lane];
    traits.table = batch.table[lane];
  }
  if (use == TraitUse::all) {
    traits.bend_up = batch.bend_up[lane];
    traits.bend_down = batch.bend_down[lane];
  }
  return traits;
}

/// Moves `blocks` times sixteen lanes.
template <class Law, WriteNoiseKind kind, TraitUse use>
inline void move_batch(void const* law_constants, DeviceConstants const& constants, float range,
                       MoveBatch& batch, int blocks) {
  typename Law::Constants const law = *static_cast<typename Law::Constants const*>(law_constants);
  DeviceConstants const k = constants;
  for (int block = 0; block < blocks; ++block) {
    for (int i = 0; i < block_lanes; ++i) {
      int const l = block * block_lanes + i;
      Traits const traits = traits_of_lane<use>(batch, range, l);
      Moved const moved =
          move_device<Law>(law, k, kind, traits, range, batch.position[l], batch.steps[l],
                           batch.up[l] != 0 ? Direction::up : Direction::down, batch.normal[l]);
      batch.saturated[i] += batch.steps[l] != 0.0F ? moved.saturated : 0;
      batch.position[l] = moved.position;
    }
  }
}

using MoveBatchFunction = void (*)(void const* law_constants, DeviceConstants const& constants,
                                   float range, MoveBatch& batch, int blocks);

/// Calls f.template operator()<kind>(), with one kind for all that know pulses, whose constants
/// differ; of a law that draws, which has no write noise, with off.
template <class Law, class F>
inline void visit_write_noise(WriteNoiseKind kind, F&& f) {
  if constexpr (DrawingLaw<Law>) return f.template operator()<WriteNoiseKind::off>();
  switch (kind) {
    case WriteNoiseKind::off:
      return f.template operator()<WriteNoiseKind::off>();
    case WriteNoiseKind::additive:
      return f.template operator()<WriteNoiseKind::additive>();
    case WriteNoiseKind::proportional:
      return f.template operator()<WriteNoiseKind::proportional>();
    case WriteNoiseKind::inverse:
      return f.template operator()<WriteNoiseKind::inverse>();
    case WriteNoiseKind::per_pulse:
    case WriteNoiseKind::multiplicative:
    case WriteNoiseKind::constant:
    case WriteNoiseKind::state_dependent:
      return f.template operator()<WriteNoiseKind::per_pulse>();
  }
}

template <class Law>
inline MoveBatchFunction choose_move(WriteNoiseKind kind, TraitUse use) {
  MoveBatchFunction chosen = nullptr;
  visit_write_noise<Law>(kind, [&]<WriteNoiseKind noise>() {
    chosen = use == TraitUse::nominal  ? move_batch<Law, noise, TraitUse::nominal>
             : use == TraitUse::unbent ? move_batch<Law, noise, TraitUse::unbent>
                                       : move_batch<Law, noise, TraitUse::all>;
  });
  return chosen;
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
