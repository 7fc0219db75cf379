// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random words of the traits of sixteen devices: regenerated_draws() as vectors. Words that nothing
// asks for are not drawn.

#include <cstdint>

#include "devicemodels/cell.hpp"
#include "kernels/cpu/philox_blocks.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

struct alignas(64) TraitBlocks {
  PhiloxBlocks own;
  std::uint32_t asymmetry[philox_lanes];
  std::int32_t cut[philox_lanes];  // Surroundings, 0 or 1
  std::int32_t bad[philox_lanes];

  Surroundings around(int lane) const { return {cut[lane] != 0, bad[lane] != 0}; }
};

/// Word 0 of the blocks of `items`, sixteen of a stream.
inline void draw_first_words(Stream stream, std::uint32_t sub_step, std::uint64_t seed,
                             std::uint64_t const* items, std::uint32_t* words) {
  PhiloxCounters counters = PhiloxCounters::consecutive(draw_counter(stream, 0, 0, sub_step));
  for (int l = 0; l < philox_lanes; ++l) {
    counters.c0[l] = static_cast<std::uint32_t>(items[l]);
    counters.c1[l] = static_cast<std::uint32_t>(items[l] >> 32);
  }
  PhiloxBlocks blocks;
  philox_blocks(counters, seed, blocks);
  for (int l = 0; l < philox_lanes; ++l) words[l] = blocks.word[0][l];
}

inline void draw_surroundings(DeviceConstants const& k, std::uint64_t const* devices,
                              TraitBlocks& words) {
  FaultConstants const& faults = k.faults;
  std::uint64_t items[philox_lanes];
  std::uint32_t drawn[philox_lanes];
  for (int l = 0; l < philox_lanes; ++l) {
    words.cut[l] = 0;
    words.bad[l] = 1;
  }
  if (faults.cluster != 0) {
    for (int l = 0; l < philox_lanes; ++l) items[l] = cluster_item(faults, devices[l]);
    draw_first_words(Stream::fault_cluster, 0, k.seed, items, drawn);
    for (int l = 0; l < philox_lanes; ++l) words.bad[l] = is_bad_cluster(faults, drawn[l]) ? 1 : 0;
  }
  if (faults.line_devices == 0) return;
  for (int l = 0; l < philox_lanes; ++l) items[l] = word_line_item(faults, devices[l]);
  draw_first_words(Stream::fault_line, 0, k.seed, items, drawn);
  for (int l = 0; l < philox_lanes; ++l) {
    words.cut[l] |= is_broken_word_line(faults, drawn[l]) ? 1 : 0;
    items[l] = bit_line_item(faults, devices[l]);
  }
  draw_first_words(Stream::fault_line, 1, k.seed, items, drawn);
  for (int l = 0; l < philox_lanes; ++l) {
    words.cut[l] |= is_broken_bit_line(faults, drawn[l]) ? 1 : 0;
  }
}

/// `counters`: of Stream::device_variation, the devices' items.
inline void draw_trait_words(DeviceConstants const& k, Variation const& variation,
                             PhiloxCounters const& counters, TraitBlocks& words) {
  philox_blocks(counters, k.seed, words.own);
  if (!variation.asymmetry && !variation.placed) return;
  std::uint64_t devices[philox_lanes];
  for (int l = 0; l < philox_lanes; ++l) {
    devices[l] = static_cast<std::uint64_t>(counters.c1[l]) << 32 | counters.c0[l];
  }
  if (variation.asymmetry) {
    draw_first_words(Stream::slope_asymmetry, 0, k.seed, devices, words.asymmetry);
  }
  if (variation.placed) draw_surroundings(k, devices, words);
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
