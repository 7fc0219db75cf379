// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Pairs of one-sided devices: they only grow between resets, a write resets them where they have no
// room, a refresh keeps W and empties what both have in common. Head-room of cells of several
// devices.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/backends.hpp"
#include "tests/support/compound.hpp"

namespace panther::test {
namespace {

class OneSidedLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, OneSidedLaw, every_backend(), backend_label);

constexpr RefreshRule default_rule{.set_mask = 1, .larger = 0.75F, .smaller = 0.25F};

CrossbarConfig one_sided_crossbar(Random& random) {
  CrossbarConfig config = random_compound_crossbar(random);
  config.slicing.encoding = Encoding::one_sided;
  config.slicing.devices_per_cell.reset();
  config.slicing.vector_policy = VectorPolicy::all;
  return config;
}

template <class Member>
std::uint64_t sum_of(std::vector<PairCounters> const& counters, Member member) {
  std::uint64_t sum = 0;
  for (PairCounters const& each : counters) sum += each.*member;
  return sum;
}

std::vector<int> growth_of(CrossbarConfig const& config, Crossbar const& xbar) {
  auto const codes = xbar.codes();
  std::vector<int> growth;
  for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
    growth.push_back(grown(config, plane, codes[at]));
  });
  return growth;
}

/// Ideal devices, since noise can shrink one; cells wide enough for the whole course.
TEST_P(OneSidedLaw, DevicesOnlyGrowBetweenResets) {
  Random random(1201);
  for (int trial = 0; trial < trials(12); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = one_sided_crossbar(random);
    config.slicing.weight_bits = 16;
    config.slicing.cell_bits_lsb_first.assign(8, 12);
    Crossbar xbar(backend(), config);
    std::vector<std::int32_t> weights(xbar.weight_count());
    for (auto& weight : weights) weight = random.whole(-9000, 9000);
    WriteOptions write;
    write.mode =
        random.pick<WriteMode>({WriteMode::ideal, WriteMode::open_loop, WriteMode::write_verify});
    xbar.program(weights, write);
    for (int round = 0; round < 4; ++round) {
      auto const before = growth_of(config, xbar);
      Outer outer = random_outer(random, config, 3, 10, 14);
      if (round % 2 == 0) {
        xbar.update(outer);
      } else {
        xbar.resolve(write);
      }
      auto const after = growth_of(config, xbar);
      for (std::size_t at = 0; at < after.size(); ++at) ASSERT_GE(after[at], before[at]);
      ASSERT_NE(after, before);
    }
    ASSERT_EQ(sum_of(xbar.pair_counters(), &PairCounters::resets), 0U);
  }
}

/// Slice 0 has grown by `first` and `second` levels of 63, the other slices stand at level 0.
void set_growth(Crossbar& xbar, int first, int second) {
  auto codes = xbar.codes();
  for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
    int const level = plane == 0 ? first : (plane == 1 ? second : 1 - plane % 2);
    codes[at] = static_cast<std::int16_t>((plane % 2 == 0 ? level : 63 - level) * 1024 - 32768);
  });
  xbar.set_codes(codes);
}

/// A carry out of slice 0 takes four steps down. A second device at 59 levels has room for them, at
/// 60 not: the pair is reset and its digit -2, one below the -1 of empty pairs, written anew.
TEST_P(OneSidedLaw, WritesWithoutRoomResetThePair) {
  for (WriteMode const mode : {WriteMode::ideal, WriteMode::open_loop, WriteMode::write_verify}) {
    CrossbarConfig config = crossbar_of(2, 33);
    config.slicing.encoding = Encoding::one_sided;
    Crossbar xbar(backend(), config);
    set_growth(xbar, 63, 59);
    ASSERT_EQ(whole_weights(config, xbar), std::vector<std::int32_t>(66, 3));
    xbar.resolve({.mode = mode});
    EXPECT_EQ(whole_weights(config, xbar), std::vector<std::int32_t>(66, 3));
    EXPECT_EQ(growth_of(config, xbar)[66], 63 * 1024);
    EXPECT_EQ(xbar.pair_counters()[0].resets, 0U);

    xbar.clear_counters();
    set_growth(xbar, 63, 60);
    xbar.resolve({.mode = mode});
    EXPECT_EQ(whole_weights(config, xbar), std::vector<std::int32_t>(66, 2));
    EXPECT_EQ(growth_of(config, xbar)[0], 0);
    EXPECT_EQ(growth_of(config, xbar)[66], 1024);
    EXPECT_EQ(xbar.pair_counters()[0].resets, 66U);
    EXPECT_EQ(xbar.slice_counters()[0].cells_written, 132U);
  }
}

bool is_due(CrossbarConfig const& config, Crossbar const& xbar,
            std::vector<std::int16_t> const& codes, CellPlace const& at) {
  int const cell = config.slicing.cell_bits_lsb_first[static_cast<std::size_t>(at.slice)];
  double const range = 65536 - (1 << (16 - cell));
  int growth[2];
  for (int k = 0; k < 2; ++k) {
    int const plane = 2 * at.slice + k;
    auto const index = xbar.shape().index(at.replica, at.set, plane, at.row, at.col);
    growth[k] = grown(config, plane, codes[static_cast<std::size_t>(index)]);
  }
  return std::max(growth[0], growth[1]) > 0.75 * range &&
         std::min(growth[0], growth[1]) > 0.25 * range;
}

TEST_P(OneSidedLaw, RefreshKeepsLevelsAndEmptiesTheCommonPart) {
  Random random(1202);
  for (int trial = 0; trial < trials(20); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = one_sided_crossbar(random);
    Crossbar xbar(backend(), config);
    auto const before = random_codes(random, config, xbar);
    xbar.set_codes(before);
    WriteMode const mode =
        random.pick<WriteMode>({WriteMode::ideal, WriteMode::open_loop, WriteMode::write_verify});
    xbar.refresh(default_rule, {.mode = mode});
    auto const after = xbar.codes();
    std::uint64_t due = 0;
    for_each_weight(xbar.shape(), [&](int replica, int i, int j) {
      for (int s = 0; s < xbar.slicing().slices; ++s) {
        CellPlace const at{replica, 0, s, i, j};
        bool const refreshed = is_due(config, xbar, before, at);
        due += refreshed ? 1U : 0U;
        int least = 65536;
        for (int k = 0; k < 2; ++k) {
          auto const index =
              static_cast<std::size_t>(xbar.shape().index(replica, 0, 2 * s + k, i, j));
          least = std::min(least, grown(config, 2 * s + k, after[index]));
          ASSERT_TRUE(refreshed || after[index] == before[index]);
        }
        ASSERT_TRUE(!refreshed || least == 0);
        ASSERT_EQ(level_of(config, xbar, after, at), level_of(config, xbar, before, at))
            << describe(config);
      }
    });
    ASSERT_EQ(sum_of(xbar.pair_counters(), &PairCounters::refreshes), due);
    std::uint64_t written = 0;
    for (SliceCounters const& counters : xbar.slice_counters()) written += counters.cells_written;
    ASSERT_EQ(written, 2 * due);
    xbar.refresh(default_rule, {.mode = mode});
    ASSERT_EQ(xbar.codes(), after) << "not idempotent";
  }
}

/// What write-verify accepts is within its tolerance, on devices that bend, spread and scatter.
TEST_P(OneSidedLaw, WriteVerifyEndsWithinTheToleranceOrIsCounted) {
  CrossbarConfig config = crossbar_of(20, 50);
  config.slicing.encoding = Encoding::one_sided;
  Exponential::Params law;
  law.alpha_up = 1.5;
  law.alpha_down = 1.5;
  config.devices[0].law = law;
  config.devices[0].write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.05};
  config.devices[0].spread = {.slope = 0.2, .slope_correlation = 0.5, .window = 0.05};
  Crossbar xbar(backend(), config);
  Random random(1203);
  std::vector<std::int32_t> weights(xbar.weight_count());
  for (auto& weight : weights) weight = random.whole(-20000, 20000);
  xbar.program(weights, {.mode = WriteMode::write_verify, .attempts = 30, .tolerance = 0.4F});
  auto const codes = xbar.codes();
  std::uint64_t outside = 0;
  std::size_t at = 0;
  for_each_weight(xbar.shape(), [&](int replica, int i, int j) {
    ReferenceCrossbar wanted(config.slicing, 1, 1);
    wanted.program(0, 0, weights[at++]);
    for (int s = 0; s < 8; ++s) {
      outside += level_of(config, xbar, codes, {replica, 0, s, i, j}) != wanted.level(s, 0, 0);
    }
  });
  std::uint64_t failures = 0;
  for (SliceCounters const& counters : xbar.slice_counters()) failures += counters.write_failures;
  EXPECT_LE(outside, failures);
  EXPECT_LT(failures, 80U) << "of 8000 pairs: as good as all are written";
}

struct Room {
  int cell;
  int up;
  int down;
};

/// Full updates, 3 steps a slice, right after a write of digit 3 (up) or 0 (down) below the top.
void expect_head_room(Backend& backend, SlicingConfig slicing, Room const& room) {
  CrossbarConfig config = crossbar_of(2, 3);
  config.slicing = slicing;
  config.slicing.cell_bits_lsb_first.assign(8, room.cell);
  config.slicing.digits = DigitSet::two_complement;
  for (bool const up : {true, false}) {
    Crossbar xbar(backend, config);
    xbar.program(std::vector<std::int32_t>(6, up ? 0x3FFF : 0));
    std::vector<std::int32_t> const full(6, up ? 0x3FFF : -0x3FFF);
    int const rooms = up ? room.up : room.down;
    for (int n = 0; n <= rooms; ++n) {
      xbar.apply(full, {.first_turn = static_cast<std::uint64_t>(n)});
      std::uint64_t saturations = 0;
      for (SliceCounters const& c : xbar.slice_counters()) saturations += c.saturations;
      ASSERT_EQ(saturations > 0, n == rooms) << room.cell << (up ? " up " : " down ") << n;
    }
  }
}

/// A pair at digit 3 has 2^c - 1 - 4 levels above in its first device, at digit 0 all 2^c - 1 below
/// in its second: about twice what one device has, as long as the common part is empty.
TEST_P(OneSidedLaw, HeadRoomOfAnEmptyPair) {
  for (Room const& room : {Room{3, 1, 2}, Room{4, 3, 5}, Room{5, 9, 10}, Room{6, 19, 21}}) {
    expect_head_room(backend(), {.encoding = Encoding::one_sided}, room);
  }
}

/// Reference and vector cells whose devices all move: as one device. One of n in turn takes 3 n
/// steps: n times the number of moves that a device has room for.
TEST_P(OneSidedLaw, HeadRoomOfReferenceAndVectorCells) {
  expect_head_room(backend(), {.encoding = Encoding::reference}, {5, 4, 5});
  SlicingConfig vector{.encoding = Encoding::vector, .devices_per_cell = 4};
  expect_head_room(backend(), vector, {5, 4, 5});
  vector.vector_policy = VectorPolicy::sequential;
  expect_head_room(backend(), vector, {6, 8, 8});
  expect_head_room(backend(), vector, {5, 4, 4});
}

}  // namespace
}  // namespace panther::test
