// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Moves of laws that draw from a table: where the numbers stand, in vectors; the loads, one by one;
// the moves, in vectors. One loop over all three becomes no vector code, and gathers are no faster
// than loads on processors that are patched against gather data sampling.

#include <cstdint>

#include "kernels/cpu/update_moves.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

/// move_batch of such a law.
template <DrawnTableLaw Law, TraitUse use>
inline void move_by_table(void const* law_constants, DeviceConstants const& constants, float range,
                          MoveBatch& batch, int blocks) {
  typename Law::Constants const law = *static_cast<typename Law::Constants const*>(law_constants);
  DeviceConstants const k = constants;
  alignas(64) std::int32_t place[2][move_lanes];
  alignas(64) float number[2][move_lanes];
  int const lanes = blocks * block_lanes;
  for (int l = 0; l < lanes; ++l) {
    Direction const direction = batch.up[l] != 0 ? Direction::up : Direction::down;
    TablePlaces const at = Law::places(law, traits_of_lane<use>(batch, range, l), batch.position[l],
                                       direction, batch.normal[l]);
    place[0][l] = at.first;
    place[1][l] = at.second;
  }
  for (int l = 0; l < lanes; ++l) {
    number[0][l] = law.table[place[0][l]];
    number[1][l] = law.table[place[1][l]];
  }
  for (int block = 0; block < blocks; ++block) {
    for (int i = 0; i < block_lanes; ++i) {
      int const l = block * block_lanes + i;
      Traits const traits = traits_of_lane<use>(batch, range, l);
      float const change = Law::moved_with(law, traits, batch.steps[l],
                                           batch.up[l] != 0 ? Direction::up : Direction::down,
                                           number[0][l], number[1][l]);
      Moved const moved = settled(k, WriteNoiseKind::off, traits, range, batch.position[l],
                                  batch.steps[l], change, batch.normal[l]);
      batch.saturated[i] += batch.steps[l] != 0.0F ? moved.saturated : 0;
      batch.position[l] = moved.position;
    }
  }
}

template <DrawnTableLaw Law>
inline MoveBatchFunction choose_table_move(TraitUse use) {
  return use == TraitUse::nominal  ? move_by_table<Law, TraitUse::nominal>
         : use == TraitUse::unbent ? move_by_table<Law, TraitUse::unbent>
                                   : move_by_table<Law, TraitUse::all>;
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
