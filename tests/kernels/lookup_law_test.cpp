// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Devices that draw from look-up tables: changes have the table's distribution, several pulses its
// mean times their number and its variance times it, and every device follows one table for good.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class LookupLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, LookupLaw, every_backend(), backend_label);

constexpr int cell_bits = 6;
constexpr int unit = 1024;  // codes of a level

CrossbarConfig lookup_crossbar(Lookup::Params const& law, CodeRounding rounding) {
  CrossbarConfig config = crossbar_of(96, 70);
  config.slicing = {.weight_bits = 16, .cell_bits_lsb_first = {6, 6, 6, 6}};
  config.devices[0].law = law;
  config.devices[0].rounding = rounding;
  return config;
}

/// Changes of the devices of slice 0, each moved by `steps` from a level.
std::vector<double> changes_of(Crossbar& xbar, int level, int steps, std::uint64_t first_step) {
  auto codes = xbar.codes();
  std::fill(codes.begin(), codes.end(), static_cast<std::int16_t>(level * unit));
  xbar.set_codes(codes);
  xbar.apply(std::vector<std::int32_t>(xbar.weight_count(), steps), {.first_step = first_step});
  auto const after = xbar.codes();
  std::vector<double> changes;
  for (int i = 0; i < xbar.shape().rows; ++i) {
    for (int j = 0; j < xbar.shape().cols; ++j) {
      changes.push_back(after[static_cast<std::size_t>(xbar.shape().index(0, 0, 0, i, j))] -
                        level * unit);
    }
  }
  return changes;
}

/// The changes, ascending, that a table holds for a move: one a cell of probability.
std::vector<double> tabulated_changes(Lookup::Params const& params, int level, int steps) {
  PreparedLaw<Lookup> const law(params, cell_bits);
  std::vector<double> changes;
  for (int row = 0; row < Lookup::rows; ++row) {
    float const uniform = (static_cast<float>(row) + 0.5F) / Lookup::rows;
    changes.push_back(Lookup::moved(
        law, nominal_traits(63 * unit), static_cast<float>((level + 32) * unit),
        static_cast<float>(std::abs(steps)), steps > 0 ? Direction::up : Direction::down, uniform));
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

/// Share of the changes below x, linear between their middles.
double share_below(std::vector<double> const& changes, double x) {
  auto const above = std::upper_bound(changes.begin(), changes.end(), x);
  if (above == changes.begin()) return 0.0;
  if (above == changes.end()) return 1.0;
  double const left = *(above - 1);
  double const whole = static_cast<double>(above - changes.begin());
  return (whole - 0.5 + (x - left) / (*above - left)) / static_cast<double>(changes.size());
}

TEST_P(LookupLaw, ChangesHaveTheDistributionOfTheTable) {
  Crossbar xbar(backend(), lookup_crossbar({}, CodeRounding::stochastic));
  for (auto const& [level, steps] : {std::pair{-10, 1}, std::pair{0, 6}, std::pair{12, -3}}) {
    SCOPED_TRACE(std::to_string(steps) + " steps from " + std::to_string(level));
    auto const table = tabulated_changes({}, level, steps);
    double const mean = mean_of(table);
    double variance = 0.0;
    for (double const change : table) variance += (change - mean) * (change - mean) / 128.0;
    auto const changes = changes_of(xbar, level, steps, 9);
    EXPECT_TRUE(mean_is(changes, mean, std::sqrt(variance)));
    EXPECT_TRUE(variance_is(changes, variance + 0.17));  // rounding: 1/6 on average
    EXPECT_TRUE(distributed_as(changes, [&](double x) { return share_below(table, x); }));
  }
}

/// Every cell of probability is drawn equally often: changes tell the cells apart.
TEST_P(LookupLaw, CellsOfProbabilityAreEquallyLikely) {
  Crossbar xbar(backend(), lookup_crossbar({}, CodeRounding::nearest));
  auto const table = tabulated_changes({}, 0, 9);
  std::vector<std::uint64_t> counts(table.size(), 0);
  auto const changes = changes_of(xbar, 0, 9, 4);
  for (double const change : changes) {
    auto const cell = std::min_element(table.begin(), table.end(), [&](double a, double b) {
      return std::abs(a - change) < std::abs(b - change);
    });
    ASSERT_NEAR(*cell, change, 0.51);
    ++counts[static_cast<std::size_t>(cell - table.begin())];
  }
  std::vector<double> const expected(table.size(), static_cast<double>(changes.size()) / 128.0);
  EXPECT_TRUE(counts_fit(counts, expected));
}

/// Several pulses: the mean in proportion to their number, the variance, too.
TEST_P(LookupLaw, MeanAndVarianceScaleWithTheRequest) {
  Crossbar xbar(backend(), lookup_crossbar({}, CodeRounding::stochastic));
  auto const one = tabulated_changes({}, -4, 1);
  double const mean = mean_of(one);
  double variance = 0.0;
  for (double const change : one) variance += (change - mean) * (change - mean) / 128.0;
  for (int const steps : {2, 5, 11}) {
    auto const changes = changes_of(xbar, -4, steps, 3);
    EXPECT_TRUE(mean_is(changes, steps * mean, std::sqrt(steps * variance))) << steps;
    EXPECT_TRUE(variance_is(changes, steps * variance + 0.17)) << steps;
  }
}

TEST_P(LookupLaw, WithoutNoiseEveryChangeIsTheMean) {
  Lookup::Params params;
  params.noise = false;
  Crossbar quiet(backend(), lookup_crossbar(params, CodeRounding::nearest));
  double const mean = mean_of(tabulated_changes({}, 5, -4));
  for (double const change : changes_of(quiet, 5, -4, 1)) ASSERT_NEAR(change, mean, 0.51);
  params.nonlinearity = false;
  Crossbar ideal(backend(), lookup_crossbar(params, CodeRounding::nearest));
  for (double const change : changes_of(ideal, 5, -4, 1)) ASSERT_EQ(change, -4 * unit);
}

/// With four tables and no noise the change of a device names its table.
TEST_P(LookupLaw, DevicesFollowOneTableForGood) {
  Lookup::Params params;
  params.noise = false;
  params.tables = 4;
  CrossbarConfig config = lookup_crossbar(params, CodeRounding::nearest);
  Crossbar xbar(backend(), config);
  auto const first = changes_of(xbar, -20, 3, 1);
  std::map<double, std::uint64_t> found;
  for (double const change : first) ++found[change];
  ASSERT_EQ(found.size(), 4U);
  std::vector<std::uint64_t> counts;
  for (auto const& [change, count] : found) counts.push_back(count);
  std::vector<double> const expected(4, static_cast<double>(first.size()) / 4.0);
  EXPECT_TRUE(counts_fit(counts, expected));
  EXPECT_EQ(changes_of(xbar, -20, 3, 77), first) << "bound for good";
  config.seeds = {99};
  Crossbar other(backend(), config);
  EXPECT_NE(changes_of(other, -20, 3, 1), first) << "another seed binds otherwise";
}

/// Stored and regenerated bindings, with and without other variation, give the same bits.
TEST_P(LookupLaw, StoredBindingsAreTheRegeneratedOnes) {
  for (bool const varied : {false, true}) {
    Lookup::Params params;
    params.tables = 4;
    CrossbarConfig config = lookup_crossbar(params, CodeRounding::stochastic);
    if (varied) {
      config.devices[0].spread = {.slope = 0.2, .window = 0.1, .nonlinearity = 0.2};
      config.devices[0].stuck = {.low = 0.05, .high = 0.05};
    }
    Crossbar regenerated(backend(), config);
    config.stored_traits = true;
    Crossbar stored(backend(), config);
    auto const scalar = open_backend("cpu_scalar", 1).backend;
    Crossbar plain(*scalar, config);
    for (int const steps : {3, -2, 9}) {
      auto const changes = changes_of(regenerated, 2, steps, 5);
      EXPECT_EQ(changes_of(stored, 2, steps, 5), changes);
      EXPECT_EQ(changes_of(plain, 2, steps, 5), changes);
    }
  }
}

TEST(LookupDevice, RefusesWriteNoise) {
  DeviceConfig config;
  config.law = Lookup::Params{};
  EXPECT_NO_THROW(device_constants(config, 1));
  config.write_noise.kind = WriteNoiseKind::additive;
  EXPECT_THROW(device_constants(config, 1), std::invalid_argument);
}

}  // namespace
}  // namespace panther::test
