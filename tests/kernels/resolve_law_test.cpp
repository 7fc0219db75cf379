// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Carry resolution on ideal devices: keeps W, is idempotent, leaves canonical digits, saturates
// what digits or cells cannot hold and counts it; the merge of variant V3; V1 = V2 = V3.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {
namespace {

class ResolveLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, ResolveLaw, every_backend(), backend_label);

/// The whole level nearest to the mean of a pair's codes, ties to even, within the cell.
int level_of(CrossbarConfig const& config, Crossbar const& xbar,
             std::vector<std::int16_t> const& codes, int replica, int set, int slice, int row,
             int col) {
  int const pair = config.slicing.encoding == Encoding::differential ? 2 : 1;
  int const cell = config.slicing.cell_bits_lsb_first[static_cast<std::size_t>(slice)];
  i128 sum = 0;
  for (int k = 0; k < pair; ++k) {
    sum += codes[static_cast<std::size_t>(
        xbar.shape().index(replica, set, slice * pair + k, row, col))];
  }
  i128 const level = round_half_even(sum, 16 - cell + pair - 1);
  return static_cast<int>(std::clamp<i128>(level, -(1 << (cell - 1)), (1 << (cell - 1)) - 1));
}

ReferenceCrossbar levels_of(CrossbarConfig const& config, Crossbar const& xbar,
                            std::vector<std::int16_t> const& codes, int replica, int set) {
  ReferenceCrossbar model(config.slicing, config.rows, config.cols);
  for (int s = 0; s < xbar.slicing().slices; ++s) {
    for (int i = 0; i < config.rows; ++i) {
      for (int j = 0; j < config.cols; ++j) {
        model.level(s, i, j) = level_of(config, xbar, codes, replica, set, s, i, j);
      }
    }
  }
  return model;
}

bool same_levels(ReferenceCrossbar const& a, ReferenceCrossbar const& b,
                 CrossbarConfig const& config) {
  for (int s = 0; s < static_cast<int>(config.slicing.cell_bits_lsb_first.size()); ++s) {
    for (int i = 0; i < config.rows; ++i) {
      for (int j = 0; j < config.cols; ++j) {
        if (a.level(s, i, j) != b.level(s, i, j)) return false;
      }
    }
  }
  return true;
}

TEST_P(ResolveLaw, ProgrammedWeightsAreCanonicalDigitsAndSaturate) {
  Random random(601);
  for (int trial = 0; trial < trials(40); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_crossbar(random);
    Crossbar xbar(backend(), config);
    std::vector<std::int32_t> weights(xbar.weight_count());
    for (auto& weight : weights) {
      auto const reach = std::int64_t{1} << random.whole(0, 31);
      weight = static_cast<std::int32_t>(random.integer(-reach, reach - 1));
      if (random.chance(0.1))
        weight = random.pick<std::int32_t>({32767, -32768, 32768, -32769, 21845, 21846});
    }
    xbar.program(weights, {.target_mask = 0b1});
    auto const codes = xbar.codes();
    for (int replica = 0; replica < xbar.shape().replicas; ++replica) {
      ReferenceCrossbar expected(config.slicing, config.rows, config.cols);
      std::uint64_t saturated = 0;
      for (int i = 0; i < config.rows; ++i) {
        for (int j = 0; j < config.cols; ++j) {
          auto const at = static_cast<std::size_t>((replica * config.rows + i) * config.cols + j);
          saturated += expected.program(i, j, weights[at]) ? 0U : 1U;
        }
      }
      ASSERT_TRUE(same_levels(levels_of(config, xbar, codes, replica, 0), expected, config))
          << describe(config);
      ASSERT_EQ(xbar.layer_counters()[static_cast<std::size_t>(replica)].weights_saturated,
                saturated);
    }
    for_each_device(xbar.shape(), [&](int, int set, int plane, int, int, std::size_t at) {
      ASSERT_EQ(codes[at] % (1 << (16 - cell_of(config, plane))), 0) << "not a whole level";
      ASSERT_TRUE(set == 0 || codes[at] == 0) << "a set that was not asked for";
    });
  }
}

TEST_P(ResolveLaw, ResolutionKeepsWeightsLeavesCanonicalDigitsAndIsIdempotent) {
  Random random(602);
  for (int trial = 0; trial < trials(40); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = random_crossbar(random);
    config.sets = 1;
    Crossbar xbar(backend(), config);
    // Whole levels, or any state: what is resolved is the nearest levels.
    xbar.set_codes(random.chance(0.5) ? random_levels(random, config, xbar, random.real(0.05, 1.0))
                                      : random_codes(random, config, xbar));
    auto const before = xbar.codes();
    xbar.resolve();
    auto const after = xbar.codes();
    std::uint64_t written = 0;
    for (int replica = 0; replica < xbar.shape().replicas; ++replica) {
      ReferenceCrossbar const pending = levels_of(config, xbar, before, replica, 0);
      ReferenceCrossbar expected = pending;
      std::uint64_t saturated = 0;
      for (int i = 0; i < config.rows; ++i) {
        for (int j = 0; j < config.cols; ++j) {
          bool const held = expected.program(i, j, pending.weight(i, j));
          saturated += held ? 0U : 1U;
          ASSERT_TRUE(!held || expected.weight(i, j) == pending.weight(i, j));
        }
      }
      for (int s = 0; s < xbar.slicing().slices; ++s) {
        for (int k = 0; k < config.rows * config.cols; ++k) {
          written += expected.level(s, k / config.cols, k % config.cols) !=
                             pending.level(s, k / config.cols, k % config.cols)
                         ? 1U
                         : 0U;
        }
      }
      ASSERT_TRUE(same_levels(levels_of(config, xbar, after, replica, 0), expected, config))
          << describe(config);
      ASSERT_EQ(xbar.layer_counters()[static_cast<std::size_t>(replica)].weights_saturated,
                saturated);
    }
    std::uint64_t counted = 0;
    for (SliceCounters const& counters : xbar.slice_counters()) counted += counters.cells_written;
    ASSERT_EQ(counted, written * static_cast<std::uint64_t>(xbar.slicing().planes_per_slice));
    xbar.clear_counters();
    xbar.resolve();
    ASSERT_EQ(xbar.codes(), after) << "not idempotent";
    for (SliceCounters const& counters : xbar.slice_counters())
      ASSERT_EQ(counters.cells_written, 0U);
  }
}

std::vector<std::int32_t> small_weights(Random& random, Crossbar const& xbar) {
  std::vector<std::int32_t> weights(xbar.weight_count());
  for (auto& weight : weights) weight = random.whole(-9000, 9000);
  return weights;
}

/// Outer products of at most 2^11 each that never saturate 12-bit cells.
Outer gentle_outer(Random& random, CrossbarConfig const& config, int examples) {
  Outer outer = random_outer(random, config, examples, 6, 10);
  for (auto& x : outer.x) x = static_cast<std::int16_t>(x % 256);
  for (auto& u : outer.u) u = static_cast<std::int16_t>(u % 1024);
  return outer;
}

CrossbarConfig variant_crossbar(Random& random, int sets) {
  CrossbarConfig config = random_crossbar(random);
  config.sets = sets;
  config.slicing.weight_bits = 16;
  config.slicing.cell_bits_lsb_first =
      random.pick<std::vector<int>>({std::vector<int>(8, 12), std::vector<int>(4, 14)});
  return config;
}

/// The codes of one set.
std::vector<std::int16_t> set_of(Crossbar const& xbar, int set) {
  auto const codes = xbar.codes();
  std::vector<std::int16_t> part;
  for_each_device(xbar.shape(), [&](int, int s, int, int, int, std::size_t at) {
    if (s == set) part.push_back(codes[at]);
  });
  return part;
}

/// Merging the updates that set d collected into f and b gives what updating f and b gives; d is
/// cleared.
TEST_P(ResolveLaw, MergeOfCollectedUpdatesEqualsUpdatingBothSets) {
  Random random(611);
  for (int trial = 0; trial < trials(15); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = variant_crossbar(random, 3);
    Crossbar v3(backend(), config);
    config.sets = 2;
    Crossbar v2(backend(), config);
    auto const weights = small_weights(random, v3);
    Outer const outer = gentle_outer(random, config, random.whole(1, 5));
    v3.program(weights, {.target_mask = 0b011});
    v2.program(weights, {.target_mask = 0b011});
    v3.update(outer, {.set_mask = 0b100});
    v3.resolve({.target_mask = 0b011, .clear_mask = 0b100, .source_set = 0, .addend_set = 2});
    v2.update(outer, {.set_mask = 0b011});
    v2.resolve({.target_mask = 0b011});
    ASSERT_EQ(set_of(v3, 0), set_of(v2, 0)) << describe(config);
    ASSERT_EQ(set_of(v3, 1), set_of(v2, 1)) << describe(config);
    for (std::int16_t const code : set_of(v3, 2)) ASSERT_EQ(code, 0);
    for (SliceCounters const& counters : v2.slice_counters()) ASSERT_EQ(counters.saturations, 0U);
  }
}

TEST_P(ResolveLaw, VariantsAgreeAtBatchSizeOne) {
  Random random(612);
  CrossbarConfig config = variant_crossbar(random, 1);
  config.rows = 21;
  config.cols = 34;
  Crossbar v1(backend(), config);
  config.sets = 2;
  Crossbar v2(backend(), config);
  config.sets = 3;
  Crossbar v3(backend(), config);
  auto const weights = small_weights(random, v1);
  v1.program(weights);
  v2.program(weights, {.target_mask = 0b11});
  v3.program(weights, {.target_mask = 0b11});
  for (int example = 0; example < 6; ++example) {
    Outer const outer = gentle_outer(random, config, 1);
    v1.update(outer);
    v1.resolve();
    v2.update(outer, {.set_mask = 0b11});
    v2.resolve({.target_mask = 0b11});
    v3.update(outer, {.set_mask = 0b100});
    v3.resolve({.target_mask = 0b11, .clear_mask = 0b100, .addend_set = 2});
    ASSERT_EQ(set_of(v2, 0), set_of(v1, 0)) << example;
    ASSERT_EQ(set_of(v2, 1), set_of(v1, 0)) << example;
    ASSERT_EQ(set_of(v3, 0), set_of(v1, 0)) << example;
    ASSERT_EQ(set_of(v3, 1), set_of(v1, 0)) << example;
  }
}

TEST_P(ResolveLaw, InactiveReplicasAreLeftAlone) {
  Random random(613);
  CrossbarConfig config = crossbar_of(7, 40);
  config.devices.resize(3);
  config.seeds = {1, 2, 3};
  Crossbar xbar(backend(), config);
  auto const before = random_levels(random, config, xbar, 0.2);
  xbar.set_codes(before);
  xbar.resolve({.active = {1, 0, 1}});
  auto const after = xbar.codes();
  bool changed[3] = {false, false, false};
  for_each_device(xbar.shape(), [&](int r, int, int, int, int, std::size_t at) {
    changed[r] = changed[r] || before[at] != after[at];
  });
  EXPECT_TRUE(changed[0]);
  EXPECT_FALSE(changed[1]);
  EXPECT_TRUE(changed[2]);
  EXPECT_EQ(xbar.slice_counters()[8].cells_written, 0U);
}

/// A converter of b < c bits sees multiples of 2^(c-b) levels.
TEST_P(ResolveLaw, CoarseConverterReadsMultiplesOfItsStep) {
  CrossbarConfig config = crossbar_of(1, 7);
  config.slicing = {.weight_bits = 12, .cell_bits_lsb_first = {16}};
  Crossbar xbar(backend(), config);
  auto codes = xbar.codes();
  // 12 of 16 bits: steps of 16 levels, ties to even multiples; the resolved weight must fit 12
  // bits.
  std::vector<std::int16_t> const seen = {7, 8, 9, 24, 25, -8, -40};
  std::copy(seen.begin(), seen.end(), codes.begin());
  xbar.set_codes(codes);
  xbar.resolve({.adc_bits = 12});
  codes = xbar.codes();
  codes.resize(7);
  EXPECT_EQ(codes, (std::vector<std::int16_t>{7, 8, 9, 24, 25, -8, -40}))
      << "a cell that reads as its own digit is not written";
  // Read into another set, the weights show.
  config.sets = 2;
  Crossbar pair(backend(), config);
  auto both = pair.codes();
  std::copy(seen.begin(), seen.end(), both.begin());
  pair.set_codes(both);
  pair.resolve({.target_mask = 0b10, .adc_bits = 12});
  std::vector<std::int16_t> copied(7);
  auto const after = pair.codes();
  for (int j = 0; j < 7; ++j) {
    copied[static_cast<std::size_t>(j)] =
        after[static_cast<std::size_t>(pair.shape().index(0, 1, 0, 0, j))];
  }
  EXPECT_EQ(copied, (std::vector<std::int16_t>{0, 0, 16, 32, 32, 0, -32}));
}

}  // namespace
}  // namespace panther::test
