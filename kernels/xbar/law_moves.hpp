// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a write moves single devices: all of it that depends on their law. A backend that would
// rather compile its writes once than once a law has the same three functions behind pointers.
// `Args`: ResolveArgs.

#include <cstdint>

#include "kernels/xbar/progress.hpp"
#include "kernels/xbar/update.hpp"

namespace panther {

/// Of a law known at compile time.
template <class Law>
struct LawMoves {
  /// Of a move: N(0,1) of the write noise; of a law that draws, its uniform number.
  PANTHER_HD float number(PhiloxWords const& words, NormalPair const& normals) const {
    return DrawingLaw<Law> ? uniform_of(words.w[3]) : normals.first;
  }

  /// Of level steps, those that reach the code of a device.
  template <class Args>
  PANTHER_HD float reaching(Args const& args, DevicePlace const& at, float steps, bool up,
                            std::uint32_t attempt) const {
    return passed_on<Law>(
        args, at, at.item(args.layer, lane_of_column(at.col)), word_of_column(at.col), steps, up,
        {Stream::counter_write, at.item(args.layer, at.col), args.event, attempt, 0});
  }

  template <class Args>
  PANTHER_HD void move(Args const& args, int replica, int plane, std::int16_t& code,
                       Traits const& traits, float steps, bool up, float number,
                       float dither) const {
    if (CountingLaw<Law> && steps == 0.0F) return;
    DeviceMover<Law, Args>{args, replica, plane}(code, traits, steps, up, number, dither);
  }
};

}  // namespace panther
