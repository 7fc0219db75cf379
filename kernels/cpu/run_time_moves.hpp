// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// LawMoves of a law that is known at run time: a call through a pointer for each device that is
// moved, which is little beside the move, so that the long code of writes is compiled once for all
// laws.

#include <cstdint>

#include "kernels/xbar/resolve.hpp"

namespace panther {

struct RunTimeMoves {
  bool draws;
  float (*reaching_of_law)(ResolveArgs const& args, DevicePlace const& at, float steps, bool up,
                           std::uint32_t attempt);
  void (*move_of_law)(ResolveArgs const& args, int replica, int plane, std::int16_t& code,
                      Traits const& traits, float steps, bool up, float number, float dither);

  float number(PhiloxWords const& words, NormalPair const& normals) const {
    return draws ? uniform_of(words.w[3]) : normals.first;
  }
  float reaching(ResolveArgs const& args, DevicePlace const& at, float steps, bool up,
                 std::uint32_t attempt) const {
    return reaching_of_law(args, at, steps, up, attempt);
  }
  void move(ResolveArgs const& args, int replica, int plane, std::int16_t& code,
            Traits const& traits, float steps, bool up, float number, float dither) const {
    move_of_law(args, replica, plane, code, traits, steps, up, number, dither);
  }
};

/// `law`: index in LawList.
RunTimeMoves run_time_moves(int law);

}  // namespace panther
