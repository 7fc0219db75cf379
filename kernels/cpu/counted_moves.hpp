// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Up to 64 devices whose law counts pulses, before their move: progress goes on, and of the steps
// those remain that reach the codes. The bits are those of passed_on() in xbar/progress.hpp.

#include <cstdint>

#include "kernels/cpu/update_moves.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

struct alignas(64) CounterLanes {
  std::int32_t progress[move_lanes];
  std::uint32_t word[move_lanes];  // of the device: its own step of progress
  float uniform[move_lanes];
};

inline void fill_halves(float* uniform) {
  for (int l = 0; l < move_lanes; ++l) uniform[l] = 0.5F;
}

/// Words of sixteen lanes of four columns each.
inline void fill_words(PhiloxBlocks const& blocks, std::uint32_t* word) {
  for (int k = 0; k < 4; ++k) {
    for (int l = 0; l < philox_lanes; ++l) word[16 * k + l] = blocks.word[k][l];
  }
}

/// True if a code moves.
using CountPulsesFunction = bool (*)(void const* law_constants, int lanes, CounterLanes& counters,
                                     MoveBatch& batch);

/// `lanes`: whole sixteens.
template <CountingLaw Law>
inline bool count_pulses(void const* law_constants, int lanes, CounterLanes& counters,
                         MoveBatch& batch) {
  PulseCounter const k = static_cast<typename Law::Constants const*>(law_constants)->counter;
  for (int first = 0; first < lanes; first += block_lanes) {
    for (int i = 0; i < block_lanes; ++i) {
      int const l = first + i;
      CountedSteps const next =
          counted_steps(k, counters.word[l], counters.progress[l], batch.steps[l], batch.up[l] != 0,
                        counters.uniform[l]);
      counters.progress[l] = next.progress;
      batch.steps[l] = next.steps;
    }
  }
  std::int32_t any = 0;
  for (int l = 0; l < lanes; ++l) any |= batch.steps[l] != 0.0F ? 1 : 0;
  return any != 0;
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
