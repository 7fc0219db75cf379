// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Up to 64 columns of one row of one plane: step counts in, moved codes out. The physics is the
// functor's: DeviceMover inlined into loops that the compiler turns into vectors.

#include <cstdint>

#include "kernels/cpu/philox_lanes.hpp"
#include "kernels/cpu/update_columns.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

/// Where a group lies.
struct GroupPlace {
  int replica;
  int set;
  int plane;
  int row;
  int first;  // column
  int width;  // columns, whole sixteens
  std::uint64_t step;
  std::uint32_t sub_step;
};

/// What acts on the columns of a group.
struct GroupDrive {
  alignas(64) std::int32_t steps[group_columns];
  alignas(64) std::int32_t up[group_columns];
};

struct GroupRandom {
  alignas(64) float normal[group_columns];
  alignas(64) float dither[group_columns];
};

struct GroupCounts {
  std::uint64_t updates = 0;
  std::uint64_t steps = 0;
  std::uint64_t saturations = 0;
};

static inline std::uint64_t item_of(UpdateArgs const& args, GroupPlace const& place, int column) {
  return device_item(static_cast<std::uint64_t>(args.layer), static_cast<std::uint64_t>(place.set),
                     static_cast<std::uint64_t>(place.plane), static_cast<std::uint64_t>(place.row),
                     static_cast<std::uint64_t>(column));
}

/// Normals and dithers of a group: one Philox block for four columns that lie sixteen apart.
static inline void draw_group(UpdateArgs const& args, GroupPlace const& place,
                              GroupRandom& random) {
  bool const noisy = args.noise != WriteNoiseKind::off;
  bool const stochastic = args.rounding == CodeRounding::stochastic;
  if (!stochastic) {
    for (int j = 0; j < group_columns; ++j) random.dither[j] = 0.5F;
  }
  if (!noisy && !stochastic) return;
  LaneWords lanes;
  draw_lanes(args.devices[place.replica].seed, Stream::update_noise,
             item_of(args, place, lane_of_column(place.first)), place.step, place.sub_step, lanes);
  for (int k = 0; k < 4 && stochastic; ++k) {
    for (int l = 0; l < philox_lanes; ++l) random.dither[16 * k + l] = dither_of(lanes.words[k][l]);
  }
  for (int k = 0; k < 4 && noisy && 16 * k < place.width; k += 2) {
    for (int l = 0; l < philox_lanes; ++l) {
      NormalPair const pair = normal_pair(lanes.words[k][l], lanes.words[k + 1][l]);
      random.normal[16 * k + l] = pair.first;
      random.normal[16 * k + 16 + l] = pair.second;
    }
  }
}

/// Frozen draws of a group, one row of bytes a property.
struct GroupDraws {
  alignas(64) std::int8_t property[6][group_columns];
};

static inline void regenerate_draws(UpdateArgs const& args, GroupPlace const& place,
                                    GroupDraws& draws) {
  DeviceConstants const k = args.devices[place.replica];
  LaneWords lanes;
  for (int first = 0; first < place.width; first += philox_lanes) {
    draw_lanes(k.seed, Stream::device_variation, item_of(args, place, place.first + first), 0, 0,
               lanes);
    for (int l = 0; l < philox_lanes; ++l) {
      TraitDraws const drawn = trait_draws(k, lanes.words[0][l], lanes.words[1][l],
                                           lanes.words[2][l], lanes.words[3][l]);
      draws.property[0][first + l] = drawn.slope_up;
      draws.property[1][first + l] = drawn.slope_down;
      draws.property[2][first + l] = drawn.bend_up;
      draws.property[3][first + l] = drawn.bend_down;
      draws.property[4][first + l] = drawn.low;
      draws.property[5][first + l] = drawn.high;
    }
  }
}

/// Properties that do not vary read as zero, as in TraitSource.
static inline void load_draws(UpdateArgs const& args, std::int64_t index, int width,
                              GroupDraws& draws) {
  Variation const& variation = args.traits.variation;
  bool const varies[3] = {variation.slope, variation.bend, variation.bounds};
  std::int64_t at = index;
  for (int pair = 0; pair < 3; ++pair) {
    for (int side = 0; side < 2; ++side) {
      std::int8_t* const to = draws.property[2 * pair + side];
      for (int j = 0; j < width; ++j)
        to[j] = varies[pair] ? args.traits.stored[at + j] : std::int8_t{0};
      if (varies[pair]) at += args.traits.devices;
    }
  }
}

/// Moves the devices of a group. `codes` points at its first column. What the loop reads besides
/// the arrays is copied first, so that the compiler sees that no store changes it.
template <class Law, WriteNoiseKind kind, bool varied, bool mirrored>
static inline void move_group(UpdateArgs const& args, GroupPlace const& place,
                              GroupDrive const& drive, GroupRandom const& random,
                              GroupDraws const& draws, std::int16_t* __restrict codes,
                              GroupCounts& counts) {
  int const slice = args.slicing.slice_of(place.plane);
  std::int32_t const range = window_range(args.slicing.cell_bits[slice]);
  typename Law::Constants const law = static_cast<typename Law::Constants const*>(
      args.law)[place.replica * args.slicing.slices + slice];
  DeviceConstants const device = args.devices[place.replica];
  auto const window = static_cast<float>(range);
  int const width = place.width;
  std::int32_t updates = 0;
  std::int32_t steps = 0;
  std::int32_t saturations = 0;
  for (int j = 0; j < width; ++j) {
    Traits traits = nominal_traits(window);
    if constexpr (varied) {
      traits = traits_of(device, window,
                         {draws.property[0][j], draws.property[1][j], draws.property[2][j],
                          draws.property[3][j], draws.property[4][j], draws.property[5][j]});
    }
    MovedCode const moved = moved_code<Law>(
        law, device, kind, traits, range, mirrored, codes[j], drive.steps[j], drive.up[j] != 0,
        kind == WriteNoiseKind::off ? 0.0F : random.normal[j], random.dither[j]);
    std::int32_t const acts = drive.steps[j] != 0 ? 1 : 0;
    codes[j] = acts != 0 ? moved.code : codes[j];
    updates += acts;
    steps += drive.steps[j];
    saturations += moved.saturated & acts;
  }
  counts.updates += static_cast<std::uint64_t>(updates);
  counts.steps += static_cast<std::uint64_t>(static_cast<std::uint32_t>(steps));
  counts.saturations += static_cast<std::uint64_t>(saturations);
}

/// One group from its step counts to its codes.
template <class Law, WriteNoiseKind kind, bool varied>
static inline void update_group(UpdateArgs const& args, GroupPlace const& place,
                                GroupDrive const& drive, GroupCounts& counts) {
  std::int64_t const index =
      args.shape.index(place.replica, place.set, place.plane, place.row, place.first);
  GroupRandom random;
  draw_group(args, place, random);
  GroupDraws draws;
  if constexpr (varied) {
    if (args.traits.stored == nullptr) {
      regenerate_draws(args, place, draws);
    } else {
      load_draws(args, index, place.width, draws);
    }
  }
  if (args.slicing.mirrored(place.plane)) {
    move_group<Law, kind, varied, true>(args, place, drive, random, draws, args.codes + index,
                                        counts);
  } else {
    move_group<Law, kind, varied, false>(args, place, drive, random, draws, args.codes + index,
                                         counts);
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
