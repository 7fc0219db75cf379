// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Head-room between carry resolutions: the updates that ideal cells of unsigned 2-bit digits can
// never fail to hold (numerics, section 8.4), from the worst and from random canonical states.

#include <gtest/gtest.h>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"

namespace panther::test {
namespace {

class HeadRoomLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, HeadRoomLaw, every_backend(), backend_label);

/// Updates that can never saturate right after a resolution, unsigned digits of 2 bits. A full
/// update moves every slice by 3. Slices below the top: digit 3 has 2^(c-1) - 4 levels above, digit
/// 0 has 2^(c-1) below.
TEST_P(HeadRoomLaw, OfUnsignedDigits) {
  struct Room {
    int cell;
    int up;
    int down;
  };
  for (Room const& room : {Room{3, 0, 1}, Room{4, 1, 2}, Room{5, 4, 5}, Room{6, 9, 10}}) {
    CrossbarConfig config = crossbar_of(2, 3);
    config.slicing.cell_bits_lsb_first.assign(8, room.cell);
    config.slicing.digits = DigitSet::two_complement;
    for (bool const up : {true, false}) {
      Crossbar xbar(backend(), config);
      // Worst digits below a top digit of 0: 3 in all others, or 0.
      xbar.program(std::vector<std::int32_t>(6, up ? 0x3FFF : 0));
      xbar.resolve();
      int const room_of = up ? room.up : room.down;
      std::vector<std::int32_t> const full(6,
                                           up ? 0x3FFF : -0x3FFF);  // 3 in all slices but the top
      for (int n = 0; n < room_of; ++n) xbar.apply(full);
      for (SliceCounters const& counters : xbar.slice_counters()) {
        EXPECT_EQ(counters.saturations, 0U) << room.cell << (up ? " up" : " down");
      }
      xbar.apply(full);
      for (int s = 0; s < 7; ++s) {
        EXPECT_EQ(xbar.slice_counters()[static_cast<std::size_t>(s)].saturations, 6U)
            << room.cell << (up ? " up" : " down");
      }
    }
  }
}

/// From any canonical state, by any updates: as many as never fail upward may go either way, and as
/// many as never fail downward go down.
TEST_P(HeadRoomLaw, FromRandomCanonicalStates) {
  Random random(621);
  for (int trial = 0; trial < trials(30); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    int const cell = random.whole(3, 6);
    int const up = std::vector<int>{0, 1, 4, 9}[static_cast<std::size_t>(cell - 3)];
    CrossbarConfig config = crossbar_of(random.whole(1, 20), random.whole(1, 70));
    config.slicing.cell_bits_lsb_first.assign(8, cell);
    config.slicing.digits = DigitSet::two_complement;
    bool const down = random.chance(0.5);
    Crossbar xbar(backend(), config);
    xbar.set_codes(random_levels(random, config, xbar, random.real(0.05, 1.0)));
    xbar.resolve();
    std::vector<std::int32_t> delta(xbar.weight_count());
    for (int n = 0; n < up + (down ? 1 : 0); ++n) {
      // At most 3 steps in all slices but the top, three times in ten in every one.
      for (auto& change : delta) {
        int const magnitude = random.chance(0.3) ? 0x3FFF : random.whole(0, 0x3FFF);
        change = down || random.chance(0.5) ? -magnitude : magnitude;
      }
      xbar.apply(delta);
    }
    for (SliceCounters const& counters : xbar.slice_counters()) {
      ASSERT_EQ(counters.saturations, 0U) << cell << (down ? " down" : " both ways");
    }
  }
}

/// The top slice holds -2 .. 1: 2^(c-1) - 2 levels on both sides, so 0, 2, 4, 10 full updates.
TEST_P(HeadRoomLaw, OfTheTopDigit) {
  for (auto const& [cell, room] :
       {std::pair{3, 0}, std::pair{4, 2}, std::pair{5, 4}, std::pair{6, 10}}) {
    CrossbarConfig config = crossbar_of(1, 1);
    config.slicing.cell_bits_lsb_first.assign(8, cell);
    config.slicing.digits = DigitSet::two_complement;
    for (std::int32_t const sign : {1, -1}) {
      Crossbar xbar(backend(), config);
      xbar.program({sign > 0 ? 32767 : -32768});
      for (int n = 0; n < room; ++n) xbar.apply({sign * 0xC000});
      EXPECT_EQ(xbar.slice_counters()[7].saturations, 0U) << cell;
      xbar.apply({sign * 0xC000});
      EXPECT_EQ(xbar.slice_counters()[7].saturations, 1U) << cell;
    }
  }
}

}  // namespace
}  // namespace panther::test
