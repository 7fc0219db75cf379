// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Faulty cells: shares, levels, clusters and lines, and that layers, sets and planes fail apart.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "devicemodels/cell.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

constexpr float range = 64512.0F;  // of a 6-bit cell
constexpr int rows = 200;
constexpr int columns = 200;
constexpr int devices = rows * columns;

using Address = std::function<std::uint64_t(std::uint64_t)>;

std::uint64_t in_rows(std::uint64_t i) { return device_item(2, 1, 3, i / columns, i % columns); }

DeviceConfig stuck_as(StuckCells const& stuck) {
  DeviceConfig config;
  config.stuck = stuck;
  return config;
}

std::vector<Bounds> bounds(StuckCells const& stuck, Address const& address = in_rows,
                           std::uint64_t seed = 5) {
  DeviceConstants const k = device_constants(stuck_as(stuck), seed);
  std::vector<Bounds> list;
  for (std::uint64_t i = 0; i < devices; ++i) {
    Traits const t = traits_of(k, range, regenerated_draws(k, address(i)));
    list.push_back({t.low, t.high});
  }
  return list;
}

/// 1 where a device cannot move.
std::vector<double> faults(StuckCells const& stuck, Address const& address = in_rows,
                           std::uint64_t seed = 5) {
  std::vector<double> list;
  for (Bounds const& b : bounds(stuck, address, seed)) list.push_back(b.low < b.high ? 0.0 : 1.0);
  return list;
}

double total(std::vector<double> const& list) {
  return mean_of(list) * static_cast<double>(list.size());
}

TEST(Faults, StuckCellsHaveTheStatedShares) {
  StuckCells stuck = {.low = 0.01, .high = 0.03};
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (Bounds const& t : bounds(stuck)) {
    if (t.low < t.high) continue;
    low += t.low == 0.0F ? 1U : 0U;
    high += t.low == range ? 1U : 0U;
  }
  EXPECT_TRUE(binomial_fits(low, devices, 0.01));
  EXPECT_TRUE(binomial_fits(high, devices, 0.03));
  stuck = {.low = 0.0, .high = 1.0};
  for (Bounds const& t : bounds(stuck)) ASSERT_TRUE(t.low == range && t.high == range);
  stuck = {.low = 0.5, .high = 0.51};
  EXPECT_THROW(device_constants(stuck_as(stuck), 1), std::invalid_argument);
}

TEST(Faults, DeadCellsStandAtALevelOfTheirOwn) {
  StuckCells stuck = {.low = 0.02, .dead = 0.3, .dead_low = 0.25, .dead_high = 0.75};
  std::vector<double> level;
  std::uint64_t state = 1;
  for (Bounds const& b : bounds(stuck)) {
    if (b.low < b.high) {
      ASSERT_EQ(b.low, 0.0F);
      ASSERT_EQ(b.high, range);
      continue;
    }
    ASSERT_EQ(b.low, b.high);
    ASSERT_EQ(b.low, std::nearbyint(b.low)) << "a whole code: rounding cannot move it";
    if (b.low == 0.0F) continue;
    double const share = (static_cast<double>(b.low) / range - 0.25) / 0.5;
    // Kept to 1/254, the outermost steps half as wide: dithered, uniform but for half a step.
    state = state * 6364136223846793005U + 1442695040888963407U;
    level.push_back(share + (static_cast<double>(state >> 11) * 0x1p-53 - 0.5) / 254.0);
  }
  EXPECT_TRUE(binomial_fits(level.size(), devices, 0.3));
  EXPECT_TRUE(distributed_as(level, [](double x) { return x < 0 ? 0.0 : (x > 1 ? 1.0 : x); }));
  stuck.dead_low = 0.8;
  EXPECT_THROW(fault_constants(stuck), std::invalid_argument);
}

/// Without faults of their neighbours a map changes nothing, whatever its keys.
TEST(Faults, ScatteredCellsDoNotDependOnTheKeysOfMaps) {
  auto const plain = faults({.low = 0.05});
  EXPECT_EQ(plain, faults({.low = 0.05, .cluster = 3, .cluster_density = 0.9, .line_devices = 7}));
}

/// Clusters of `edge` x `edge` devices with the shares of `stuck`.
struct BlockCounts {
  std::uint64_t blocks = 0;
  std::uint64_t bad = 0;     // with a fault
  std::uint64_t faulty = 0;  // devices of bad blocks
  std::uint64_t pairs = 0;   // neighbours in a row of one block, both faulty
  std::uint64_t all_pairs = 0;
  std::uint64_t crossing = 0;  // neighbours in a row of two blocks, both faulty
  std::uint64_t all_crossing = 0;
};

BlockCounts count_blocks(std::vector<double> const& faulty, int edge) {
  BlockCounts n;
  auto const at = [&](int row, int column) {
    return faulty[static_cast<std::size_t>(row * columns + column)] > 0.0;
  };
  for (int row = 0; row < rows; row += edge) {
    for (int column = 0; column < columns; column += edge) {
      std::uint64_t inside = 0;
      for (int i = 0; i < edge * edge; ++i) {
        inside += at(row + i / edge, column + i % edge) ? 1U : 0U;
      }
      ++n.blocks;
      n.bad += inside > 0 ? 1U : 0U;
      n.faulty += inside;
    }
  }
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column + 1 < columns; ++column) {
      bool const both = at(row, column) && at(row, column + 1);
      bool const same = column / edge == (column + 1) / edge;
      (same ? n.all_pairs : n.all_crossing) += 1;
      (same ? n.pairs : n.crossing) += both ? 1U : 0U;
    }
  }
  return n;
}

/// Share s in blocks of density d: s/d of the blocks are bad, a pair within one fails together with
/// probability s d, a pair of two with s^2. Counts are compared block by block, which are
/// independent.
TEST(Faults, ClustersHaveTheStatedShareAndJointFaults) {
  int const edge = 8;
  double const share = 0.05;
  double const density = 0.25;
  StuckCells const stuck = {.low = 0.03,
                            .high = 0.02,
                            .map = FaultMap::clustered,
                            .cluster = edge,
                            .cluster_density = density};
  BlockCounts sum;
  std::vector<double> in_block;
  std::vector<double> pairs;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    BlockCounts const n = count_blocks(faults(stuck, in_rows, seed), edge);
    sum.blocks += n.blocks;
    sum.bad += n.bad;
    sum.faulty += n.faulty;
    sum.pairs += n.pairs;
    sum.all_pairs += n.all_pairs;
    sum.crossing += n.crossing;
    sum.all_crossing += n.all_crossing;
  }
  double const q = share / density;
  double const size = edge * edge;
  EXPECT_TRUE(binomial_fits(sum.bad, sum.blocks, q * (1 - std::pow(1 - density, size))));
  // Of a block: q times a binomial; its variance by the law of total variance.
  double const blocks = static_cast<double>(sum.blocks);
  double const limit = two_sided_limit(false_alarm_rate);
  double const variance =
      q * size * density * (1 - density) + q * (1 - q) * size * size * density * density;
  EXPECT_NEAR(static_cast<double>(sum.faulty), blocks * size * share,
              limit * std::sqrt(blocks * variance));
  // Pairs of a bad block: edge (edge - 1) pairs of density^2, of which neighbouring ones share a
  // device; between blocks the whole block counts.
  double const n = edge * (edge - 1.0);
  double const chains = edge * (edge - 2.0);
  double const d2 = density * density;
  double const inner = n * d2 * (1 - d2) + 2 * chains * (d2 * density - d2 * d2);
  double const outer = q * inner + q * (1 - q) * n * n * d2 * d2;
  EXPECT_NEAR(static_cast<double>(sum.pairs), blocks * n * q * d2,
              limit * std::sqrt(blocks * outer));
  // Pairs across an edge of two blocks are as independent as the blocks: an edge's pairs share
  // both, those of the next edge one.
  double const along = static_cast<double>(edge) * edge * d2 * d2;
  double const edge_variance = q * q * (edge * d2 * (1 - d2) + (1 - q * q) * along);
  double const next_edge = q * q * q * (1 - q) * along;
  double const edges = static_cast<double>(sum.all_crossing) / edge;
  EXPECT_NEAR(static_cast<double>(sum.crossing),
              static_cast<double>(sum.all_crossing) * share * share,
              limit * std::sqrt(edges * (edge_variance + 2 * next_edge)));
}

/// Each kind keeps its share within clusters.
TEST(Faults, ClustersSplitInTheProportionsOfTheShares) {
  StuckCells const stuck = {.low = 0.1,
                            .high = 0.2,
                            .dead = 0.1,
                            .dead_low = 0.4,
                            .dead_high = 0.6,
                            .map = FaultMap::clustered,
                            .cluster = 4,
                            .cluster_density = 0.8};
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t all = 0;
  for (Bounds const& b : bounds(stuck)) {
    if (b.low < b.high) continue;
    ++all;
    low += b.low == 0.0F ? 1U : 0U;
    high += b.low == range ? 1U : 0U;
  }
  EXPECT_TRUE(binomial_fits(low, all, 0.25));
  EXPECT_TRUE(binomial_fits(high, all, 0.5));
}

TEST(Faults, ClusterDensityMustHoldTheShares) {
  StuckCells stuck = {.low = 0.6, .map = FaultMap::clustered, .cluster_density = 0.5};
  EXPECT_THROW(fault_constants(stuck), std::invalid_argument);
  stuck.map = FaultMap::uniform;
  EXPECT_NO_THROW(fault_constants(stuck));
}

/// Lines of one crossbar: whole segments of 50 devices, at G_min, of the stated shares.
TEST(Faults, BrokenLinesTakeTheirDevicesOfACrossbar) {
  int const length = 50;
  for (bool const word : {true, false}) {
    StuckCells const stuck = {.high = 0.3,
                              .word_lines = word ? 0.15 : 0.0,
                              .bit_lines = word ? 0.0 : 0.15,
                              .line_devices = length};
    auto const list = bounds(stuck);
    auto const low_at = [&](int line, int along) {
      std::size_t const at =
          static_cast<std::size_t>(word ? line * columns + along : along * columns + line);
      return list[at].high == 0.0F;
    };
    std::uint64_t broken = 0;
    for (int line = 0; line < rows; ++line) {
      for (int first = 0; first < columns; first += length) {
        broken += low_at(line, first) ? 1U : 0U;
        for (int i = 1; i < length; ++i) {
          ASSERT_EQ(low_at(line, first + i), low_at(line, first)) << line << ", " << first + i;
        }
      }
    }
    EXPECT_TRUE(binomial_fits(broken, rows * columns / length, 0.15)) << word;
  }
}

/// Word and bit lines fail independently of each other.
TEST(Faults, LinesCross) {
  StuckCells const stuck = {.word_lines = 0.2, .bit_lines = 0.3, .line_devices = 1};
  EXPECT_TRUE(
      binomial_fits(static_cast<std::uint64_t>(total(faults(stuck))), devices, 1.0 - 0.8 * 0.7));
}

/// Planes, sets, layers and seeds (replicas) fail apart, clusters and lines too.
TEST(Faults, MapsDifferBetweenPlanesSetsLayersAndReplicas) {
  // Blocks and lines of one device make every device a trial of its own.
  for (StuckCells const& stuck :
       {StuckCells{.low = 0.2, .map = FaultMap::clustered, .cluster = 1, .cluster_density = 1.0},
        StuckCells{.word_lines = 0.2, .line_devices = 1},
        StuckCells{.bit_lines = 0.2, .line_devices = 1}, StuckCells{.dead = 0.2}}) {
    auto const base = faults(stuck);
    EXPECT_TRUE(binomial_fits(static_cast<std::uint64_t>(total(base)), devices, 0.2));
    std::vector<Address> const others = {
        [](std::uint64_t i) { return device_item(2, 1, 4, i / columns, i % columns); },
        [](std::uint64_t i) { return device_item(2, 0, 3, i / columns, i % columns); },
        [](std::uint64_t i) { return device_item(3, 1, 3, i / columns, i % columns); },
        [](std::uint64_t i) { return device_item(2, 1, 3, i / columns + rows, i % columns); },
        [](std::uint64_t i) { return device_item(2, 1, 3, i % columns, i / columns); }};
    for (std::size_t k = 0; k < others.size(); ++k) {
      EXPECT_TRUE(uncorrelated(base, faults(stuck, others[k]))) << k;
    }
    EXPECT_TRUE(uncorrelated(base, faults(stuck, in_rows, 6)));
    EXPECT_EQ(base, faults(stuck)) << "frozen";
  }
}

/// Faults do not pick devices by their spread.
TEST(Faults, DoNotDependOnTheSpread) {
  DeviceConfig config = stuck_as({.dead = 0.2, .word_lines = 0.1, .line_devices = 1});
  config.spread.slope = 0.2;
  DeviceConstants const k = device_constants(config, 5);
  std::vector<double> slope;
  for (std::uint64_t i = 0; i < devices; ++i) {
    slope.push_back(traits_of(k, range, regenerated_draws(k, in_rows(i))).slope_up);
  }
  EXPECT_TRUE(uncorrelated(slope, faults(config.stuck)));
}

}  // namespace
}  // namespace panther::test
