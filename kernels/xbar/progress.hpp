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

/// A word of a draw that rounds parts of a pulse.
struct RoundingWord {
  Stream stream;
  std::uint64_t item;
  std::uint64_t step;
  std::uint32_t sub_step;
  int word;
};

/// A word by a run-time index, out of registers.
PANTHER_HD std::uint32_t word_at(PhiloxWords const& words, int word) {
  std::uint32_t const low = (word & 1) != 0 ? words.w[1] : words.w[0];
  std::uint32_t const high = (word & 1) != 0 ? words.w[3] : words.w[2];
  return (word & 2) != 0 ? high : low;
}

/// Of level steps, those that reach the code of a device: all, but of a law that counts pulses,
/// which moves its progress. `group`, `word`: device_item of its group of columns, and its place
/// there. `Args` has shape, slicing, devices, law, rounding and progress: UpdateArgs or
/// ResolveArgs.
template <class Law, class Args>
PANTHER_HD float passed_on(Args const& args, DevicePlace const& at, std::uint64_t group, int word,
                           float steps, bool up, RoundingWord const& rounding) {
  if constexpr (!CountingLaw<Law>) {
    return steps;
  } else {
    std::uint64_t const seed = args.devices[at.replica].seed;
    float uniform = 0.5F;
    if (args.rounding == CodeRounding::stochastic) {
      uniform = uniform_of(
          word_at(draw(seed, rounding.stream, rounding.item, rounding.step, rounding.sub_step),
                  rounding.word));
    }
    std::uint32_t const own = word_at(draw(seed, Stream::counter_traits, group, 0), word);
    auto const* const law = static_cast<typename Law::Constants const*>(args.law);
    int const slice = args.slicing.slice_of(at.plane);
    CountedSteps const next = counted_steps(law[at.replica * args.slicing.slices + slice].counter,
                                            own, args.progress[at.index], steps,
                                            up != args.slicing.mirrored(at.plane), uniform);
    args.progress[at.index] = static_cast<std::int16_t>(next.progress);
    return next.steps;
  }
}

}  // namespace panther
