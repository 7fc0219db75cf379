// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reaches of nominal devices by direction and number of steps. Where devices do not vary, a law's
// costly part takes few different values: an exponential for each entry of a table replaces one for
// each device, and the bits stay the same.

#include <cstdint>

#include "devicemodels/core/law.hpp"
#include "kernels/cpu/counted_moves.hpp"
#include "kernels/cpu/table_moves.hpp"
#include "kernels/cpu/update_moves.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

struct alignas(64) ReachTable {
  static constexpr int steps = 64;  // entries of a direction
  float reach[2 * steps];           // down, then up
};

template <ReachLaw Law>
inline void fill_reaches(void const* law_constants, float range, ReachTable& table) {
  typename Law::Constants const law = *static_cast<typename Law::Constants const*>(law_constants);
  Traits const nominal = nominal_traits(range);
  for (int i = 0; i < 2 * ReachTable::steps; ++i) {
    auto const steps = static_cast<float>(i & (ReachTable::steps - 1));
    table.reach[i] =
        Law::reach(law, nominal, steps, i < ReachTable::steps ? Direction::down : Direction::up);
  }
}

/// Reaches of `lanes` devices, whole sixteens, whose steps are below ReachTable::steps.
inline void look_up(ReachTable const& table, float const* step_count, std::int32_t const* up,
                    int lanes, float* reach) {
#if PANTHER_ISA_LEVEL == 512
  __m512 part[8];
  for (int i = 0; i < 8; ++i) part[i] = _mm512_load_ps(table.reach + 16 * i);
  for (int first = 0; first < lanes; first += 16) {
    __m512i const steps = _mm512_cvttps_epi32(_mm512_load_ps(step_count + first));
    __m512i const direction = _mm512_load_si512(up + first);
    __mmask16 const rising = _mm512_test_epi32_mask(direction, direction);
    __mmask16 const late = _mm512_test_epi32_mask(steps, _mm512_set1_epi32(32));
    // A permutation takes the low five bits of its index.
    __m512 const early_down = _mm512_permutex2var_ps(part[0], steps, part[1]);
    __m512 const late_down = _mm512_permutex2var_ps(part[2], steps, part[3]);
    __m512 const early_up = _mm512_permutex2var_ps(part[4], steps, part[5]);
    __m512 const late_up = _mm512_permutex2var_ps(part[6], steps, part[7]);
    _mm512_store_ps(reach + first,
                    _mm512_mask_blend_ps(rising, _mm512_mask_blend_ps(late, early_down, late_down),
                                         _mm512_mask_blend_ps(late, early_up, late_up)));
  }
#else
  for (int l = 0; l < lanes; ++l) {
    std::int32_t const upper = up[l] != 0 ? ReachTable::steps : 0;
    reach[l] = table.reach[static_cast<std::int32_t>(step_count[l]) + upper];
  }
#endif
}

/// move_batch of nominal devices whose reaches are looked up.
template <ReachLaw Law, WriteNoiseKind kind>
inline void move_by_reach(void const* law_constants, DeviceConstants const& constants, float range,
                          MoveBatch& batch, int blocks) {
  typename Law::Constants const law = *static_cast<typename Law::Constants const*>(law_constants);
  DeviceConstants const k = constants;
  Traits const nominal = nominal_traits(range);
  for (int block = 0; block < blocks; ++block) {
    for (int i = 0; i < block_lanes; ++i) {
      int const l = block * block_lanes + i;
      Direction const direction = batch.up[l] != 0 ? Direction::up : Direction::down;
      float const change =
          Law::moved_by(law, nominal, batch.position[l], batch.steps[l], direction, batch.reach[l]);
      Moved const moved =
          settled(k, kind, nominal, range, batch.position[l],
                  steps_carried_out<Law>(law, batch.steps[l], direction), change, batch.normal[l]);
      batch.saturated[i] += batch.steps[l] != 0.0F ? moved.saturated : 0;
      batch.position[l] = moved.position;
    }
  }
}

/// A row's devices that are rounded to nearest and have no noise: nothing is drawn for them.
struct QuietRow {
  std::int16_t* codes;
  std::uint8_t const* steps;
  std::uint8_t const* up;  // of the code: 0 or 255
  int lanes;               // whole block_lanes
  bool mirrored;
};

/// Moves a quiet row of nominal devices at once. `batch`: scratch; counts the saturated moves.
template <ReachLaw Law>
inline void move_quiet_row(void const* law, DeviceConstants const& k, float range,
                           ReachTable const& table, QuietRow const& row, MoveBatch& batch) {
  std::int32_t const flip = row.mirrored ? 255 : 0;
  for (int first = 0; first < row.lanes; first += move_lanes) {
    int const lanes = smaller(move_lanes, row.lanes - first);
    load_positions(row.mirrored, range, row.codes + first, lanes, batch);
    for (int l = 0; l < move_lanes; ++l) {
      batch.steps[l] = static_cast<float>(static_cast<std::int32_t>(row.steps[first + l]));
      batch.up[l] = row.up[first + l] ^ flip;
    }
    look_up(table, batch.steps, batch.up, lanes, batch.reach);
    move_by_reach<Law, WriteNoiseKind::off>(law, k, range, batch, lanes / block_lanes);
    store_positions(row.mirrored, range, batch, lanes, row.codes + first);
  }
}

/// How the devices of a call move. Without a reach table its three functions are null; `count` is
/// where the law does not count pulses.
struct LawMoves {
  MoveBatchFunction computed;
  bool draws;  // the law's moves take uniform numbers
  MoveBatchFunction looked_up;
  void (*tabulate)(void const* law_constants, float range, ReachTable& table);
  void (*quiet_row)(void const* law_constants, DeviceConstants const& constants, float range,
                    ReachTable const& table, QuietRow const& row, MoveBatch& batch);
  CountPulsesFunction count = nullptr;
};

template <class Law>
inline LawMoves choose_moves(WriteNoiseKind kind, TraitUse use) {
  if constexpr (DrawnTableLaw<Law>) {
    return {choose_table_move<Law>(use), true, nullptr, nullptr, nullptr};
  } else {
    LawMoves moves{choose_move<Law>(kind, use), DrawingLaw<Law>, nullptr, nullptr, nullptr};
    if constexpr (CountingLaw<Law>) moves.count = count_pulses<Law>;
    if constexpr (ReachLaw<Law>) {
      if (use == TraitUse::nominal) {
        visit_write_noise<Law>(kind, [&]<WriteNoiseKind noise>() {
          moves.looked_up = move_by_reach<Law, noise>;
          moves.tabulate = fill_reaches<Law>;
          moves.quiet_row = move_quiet_row<Law>;
        });
      }
    }
    return moves;
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
