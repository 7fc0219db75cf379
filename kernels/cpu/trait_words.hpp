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
  std::uint32_t cluster[philox_lanes];
  std::uint32_t word_line[philox_lanes];
  std::uint32_t bit_line[philox_lanes];

  FaultWords around(int lane) const { return {cluster[lane], word_line[lane], bit_line[lane]}; }
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

inline void draw_fault_words(DeviceConstants const& k, std::uint64_t const* devices,
                             TraitBlocks& words) {
  std::uint64_t clusters[philox_lanes];
  std::uint64_t word_lines[philox_lanes];
  std::uint64_t bit_lines[philox_lanes];
  for (int l = 0; l < philox_lanes; ++l) {
    FaultWords const none;
    words.cluster[l] = none.cluster;
    words.word_line[l] = none.word_line;
    words.bit_line[l] = none.bit_line;
    FaultItems const items = fault_items(k.faults, devices[l]);
    clusters[l] = items.cluster;
    word_lines[l] = items.word_line;
    bit_lines[l] = items.bit_line;
  }
  if (k.faults.cluster != 0) {
    draw_first_words(Stream::fault_cluster, 0, k.seed, clusters, words.cluster);
  }
  if (k.faults.line_devices != 0) {
    draw_first_words(Stream::fault_line, 0, k.seed, word_lines, words.word_line);
    draw_first_words(Stream::fault_line, 1, k.seed, bit_lines, words.bit_line);
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
  if (variation.placed) draw_fault_words(k, devices, words);
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
