// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Refresh of one-sided pairs: devices that only grow fill up with what they have in common. A pair
// whose larger position and whose smaller one have passed their thresholds is read as a whole
// level, reset, and the level written anew into one device, in the write mode of carry resolution.
// Criterion and defaults (3/4 and 1/4 of the window) are aihwkit's for OneSidedUnitCell; it reads
// through its forward path and writes by stochastic pulses, here single devices are read as in
// carry resolution.
//
// One item is one weight of one replica. 4 bytes are read a pair; pairs that are due are few, so
// the plain functor is all there is on every backend.

#include <cstdint>

#include "kernels/xbar/resolve.hpp"

namespace panther {

/// Which pairs are due.
struct RefreshRule {
  unsigned set_mask;
  float larger;   // share of the window that the larger position has passed
  float smaller;  // likewise
};

struct RefreshArgs {
  ResolveArgs write;  // devices, and how they are read and written; without weights, sets or masks
  RefreshRule rule;
};

/// `Moves`: as of ResolveWeight.
template <class Moves>
struct RefreshWeight {
  ResolveWeight<Moves> writer;
  RefreshRule rule;

  using Pair = PairWriter<ResolveWeight<Moves>>;

  PANTHER_HD std::int64_t items() const { return writer.items(); }

  PANTHER_HD void operator()(std::int64_t item) const {
    XbarShape const& shape = writer.args.shape;
    int const col = static_cast<int>(item % shape.cols);
    int const row = static_cast<int>(item / shape.cols % shape.rows);
    int const replica = static_cast<int>(item / shape.cols / shape.rows);
    for (int set = 0; set < shape.sets; ++set) {
      if (((rule.set_mask >> set) & 1U) == 0) continue;
      for (int slice = 0; slice < writer.args.slicing.slices; ++slice) {
        refresh({writer, Stream::refresh_write, replica, set, slice, row, col});
      }
    }
  }

  PANTHER_HD void refresh(Pair const& pair) const {
    std::int32_t const seen[2] = {seen_code(pair, 0), seen_code(pair, 1)};
    float const range = pair.range();
    auto const first = static_cast<float>(seen[0] - code_of_g_min);
    float const second = range - static_cast<float>(seen[1] - code_of_g_min);
    if (larger(first, second) <= rule.larger * range) return;
    if (smaller(first, second) <= rule.smaller * range) return;
    Slicing const& slicing = writer.args.slicing;
    std::int32_t const level =
        nearest_level(slicing, pair.slice, writer.converted_codes(pair.slice, seen[0] + seen[1]));
    int const counter = pair.replica * slicing.slices + pair.slice;
    SliceCounters& counters = writer.args.counters[counter];
    pair.reset();
    count(counters.cells_written, level != empty_pair_level ? 1 : 2);
    if (level != empty_pair_level) pair.write(level, counters);
    if (writer.args.pair_counters != nullptr) {
      count(writer.args.pair_counters[counter].refreshes, 1);
    }
  }

  /// A device's code as it is read.
  PANTHER_HD std::int32_t seen_code(Pair const& pair, int device) const {
    std::int16_t const code = pair.code(device);
    if (!writer.args.noisy_read) return code;
    PhiloxWords const words = draw(writer.args.devices[pair.replica].seed, Stream::refresh_read,
                                   pair.item(device), writer.args.event);
    float const deviation = writer.read_deviation(pair.replica, pair.slice, code, device == 1);
    return code + static_cast<std::int32_t>(
                      nearest(deviation * normal_pair(words.w[0], words.w[1]).first));
  }
};

template <class Moves>
RefreshWeight<Moves> refresh_weight(RefreshArgs const& args, Moves const& moves) {
  return {ResolveWeight<Moves>{args.write, moves}, args.rule};
}

}  // namespace panther
