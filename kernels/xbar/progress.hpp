// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The second state of devices whose law counts pulses (devicemodels/core/pulse_counter.hpp), moved
// in front of every move of their codes. Progress is the physical device's: a mirrored one makes
// it the other way than its code. Not for pairs of one-sided devices.
//
// Work: 2 B read + 2 B written a device that is asked for steps; words of four devices come from
// one Philox block for their own steps of progress, and one for the rounding of parts of a pulse.

#include <cstdint>

#include "devicemodels/cell.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther {

struct DevicePlace {
  int replica;
  int set;
  int plane;
  int row;
  int col;
  std::int64_t index;  // XbarShape::index

  /// device_item of a column of the row, or of a group of columns.
  PANTHER_HD std::uint64_t item(int layer, int column) const {
    return device_item(static_cast<std::uint64_t>(layer), static_cast<std::uint64_t>(set),
                       static_cast<std::uint64_t>(plane), static_cast<std::uint64_t>(row),
                       static_cast<std::uint64_t>(column));
  }
};

/// From which a device's own step of progress comes; `group`: device_item of its group of columns.
PANTHER_HD std::uint32_t counter_word(std::uint64_t seed, std::uint64_t group, int word) {
  return draw(seed, Stream::counter_traits, group, 0).w[word];
}

/// Moves the progress of a device; returns the level steps that reach its code. `Args` has shape,
/// slicing, law and progress: UpdateArgs or ResolveArgs.
template <CountingLaw Law, class Args>
PANTHER_HD float count_device(Args const& args, DevicePlace const& at, std::uint32_t word,
                              float steps, bool up, float uniform) {
  auto const* const law = static_cast<typename Law::Constants const*>(args.law);
  int const slices = args.slicing.slices;
  CountedSteps const next =
      counted_steps(law[at.replica * slices + args.slicing.slice_of(at.plane)].counter, word,
                    args.progress[at.index], steps, up != args.slicing.mirrored(at.plane), uniform);
  args.progress[at.index] = static_cast<std::int16_t>(next.progress);
  return next.steps;
}

}  // namespace panther
