// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/run_time_moves.hpp"

#include "devicemodels/models.hpp"

namespace panther {

namespace {

template <class Motion>
float reaching(ResolveArgs const& args, DevicePlace const& at, float steps, bool up,
               std::uint32_t attempt) {
  return LawMoves<Motion>{}.reaching(args, at, steps, up, attempt);
}

template <class Motion>
void move(ResolveArgs const& args, int replica, int plane, std::int16_t& code, Traits const& traits,
          float steps, bool up, float number, float dither) {
  LawMoves<Motion>{}.move(args, replica, plane, code, traits, steps, up, number, dither);
}

}  // namespace

RunTimeMoves run_time_moves(int law) {
  RunTimeMoves moves{};
  visit_law(law, [&]<class Law>() {
    using Motion = MotionOf<Law>;
    moves = {DrawingLaw<Motion>, reaching<Motion>, move<Motion>};
  });
  return moves;
}

}  // namespace panther
