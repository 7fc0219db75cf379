// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Frozen differences of devices: moments, correlations, faults, independence of neighbours; write
// noise.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "devicemodels/cell.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

constexpr int devices = 40000;
constexpr float range = 64512.0F;  // of a 6-bit cell

DeviceConfig varied() {
  DeviceConfig config;
  config.spread = {.slope = 0.2, .slope_correlation = 0.6, .window = 0.05, .nonlinearity = 0.15};
  return config;
}

using Address = std::function<std::uint64_t(std::uint64_t)>;

std::uint64_t in_rows(std::uint64_t i) { return device_item(2, 1, 3, i / 200, i % 200); }

std::vector<Traits> traits(DeviceConfig const& config, Address const& address = in_rows,
                           std::uint64_t seed = 5) {
  DeviceConstants const constants = device_constants(config, seed);
  std::vector<Traits> list;
  for (std::uint64_t i = 0; i < devices; ++i) {
    list.push_back(traits_of(constants, range, regenerated_draws(constants, address(i))));
  }
  return list;
}

std::vector<double> column(std::vector<Traits> const& list, float Traits::*member) {
  std::vector<double> values;
  for (Traits const& t : list) values.push_back(static_cast<double>(t.*member));
  return values;
}

/// Draws are kept to 1/32 of a standard deviation: 1/(12 * 32^2) more variance.
constexpr double quantisation = 1.0 + 1.0 / (12.0 * 32.0 * 32.0);

TEST(Variation, SlopesAndBendsHaveTheStatedMoments) {
  auto const list = traits(varied());
  for (auto const member : {&Traits::slope_up, &Traits::slope_down}) {
    EXPECT_TRUE(mean_is(column(list, member), 1.0, 0.2));
    EXPECT_TRUE(variance_is(column(list, member), 0.04 * quantisation));
  }
  for (auto const member : {&Traits::bend_up, &Traits::bend_down}) {
    EXPECT_TRUE(mean_is(column(list, member), 1.0, 0.15));
    EXPECT_TRUE(variance_is(column(list, member), 0.0225 * quantisation));
  }
  for (Traits const& t : list) {
    ASSERT_GE(t.slope_up, 0.0F);
    ASSERT_GT(t.bend_up, 0.0F);
  }
}

/// Distribution of the 1/32 steps: the probability of each against the normal, in bins of eight
/// steps.
TEST(Variation, DrawsAreNormal) {
  DeviceConstants const constants = device_constants(varied(), 5);
  std::vector<std::uint64_t> counts(16);
  std::vector<double> expected(16);
  for (std::uint64_t i = 0; i < devices; ++i) {
    int const bin = (static_cast<int>(regenerated_draws(constants, in_rows(i)).bend_up) + 128) / 16;
    ++counts[static_cast<std::size_t>(bin)];
  }
  for (int bin = 0; bin < 16; ++bin) {
    auto const edge = [](int k) {
      return k <= 0 ? -50.0 : (k >= 256 ? 50.0 : (k - 128 - 0.5) / 32.0);
    };
    expected[static_cast<std::size_t>(bin)] =
        devices * (normal_cdf(edge(16 * bin + 16)) - normal_cdf(edge(16 * bin)));
  }
  // Outermost bins are rare: join them to their neighbours.
  for (auto* const list : {&expected}) {
    (*list)[1] += (*list)[0];
    (*list)[14] += (*list)[15];
  }
  counts[1] += counts[0];
  counts[14] += counts[15];
  EXPECT_TRUE(counts_fit(std::span(counts).subspan(1, 14), std::span(expected).subspan(1, 14)));
}

TEST(Variation, UpAndDownSlopesCorrelateAsAsked) {
  for (double const correlation : {-0.7, 0.0, 0.6}) {
    DeviceConfig config = varied();
    config.spread.slope_correlation = correlation;
    auto const list = traits(config);
    EXPECT_TRUE(correlation_is(column(list, &Traits::slope_up), column(list, &Traits::slope_down),
                               correlation));
    EXPECT_TRUE(variance_is(column(list, &Traits::slope_down), 0.04 * quantisation));
  }
  DeviceConfig config = varied();
  config.spread.slope_correlation = 1.0;
  for (Traits const& t : traits(config)) ASSERT_EQ(t.slope_up, t.slope_down);
}

TEST(Variation, PropertiesOfADeviceAreIndependent) {
  DeviceConfig config = varied();
  config.spread.slope_correlation = 0.0;
  auto const list = traits(config);
  std::vector<float Traits::*> const members = {&Traits::slope_up, &Traits::slope_down,
                                                &Traits::bend_up,  &Traits::bend_down,
                                                &Traits::low,      &Traits::high};
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (std::size_t j = i + 1; j < members.size(); ++j) {
      EXPECT_TRUE(uncorrelated(column(list, members[i]), column(list, members[j])))
          << i << " " << j;
    }
  }
}

/// No two devices share a draw: neighbours in a row and a column, planes, sets, layers, seeds.
TEST(Variation, DevicesDifferFromOneAnother) {
  auto const base = column(traits(varied()), &Traits::slope_up);
  std::vector<Address> const others = {
      [](std::uint64_t i) { return device_item(2, 1, 3, i / 200, i % 200 + 1); },
      [](std::uint64_t i) { return device_item(2, 1, 3, i / 200 + 1, i % 200); },
      [](std::uint64_t i) { return device_item(2, 1, 4, i / 200, i % 200); },
      [](std::uint64_t i) { return device_item(2, 0, 3, i / 200, i % 200); },
      [](std::uint64_t i) { return device_item(3, 1, 3, i / 200, i % 200); },
      [](std::uint64_t i) { return device_item(2, 1, 3, i % 200, i / 200); }};
  for (std::size_t k = 0; k < others.size(); ++k) {
    EXPECT_TRUE(uncorrelated(base, column(traits(varied(), others[k]), &Traits::slope_up))) << k;
  }
  EXPECT_TRUE(uncorrelated(base, column(traits(varied(), in_rows, 6), &Traits::slope_up)));
  EXPECT_EQ(base, column(traits(varied()), &Traits::slope_up)) << "frozen";
}

/// Spread only takes away: a half-normal at each end of the nominal window.
TEST(Variation, WindowsLieInTheNominalOne) {
  auto const list = traits(varied());
  std::uint64_t untouched_low = 0;
  std::vector<double> lost;
  for (Traits const& t : list) {
    ASSERT_GE(t.low, 0.0F);
    ASSERT_LE(t.high, range);
    ASSERT_LE(t.low, t.high);
    untouched_low += t.low == 0.0F ? 1U : 0U;
    lost.push_back((range - t.high) / range);
  }
  // P(draw <= 0) with steps of 1/32: half, and half of the middle step.
  EXPECT_TRUE(binomial_fits(untouched_low, devices, normal_cdf(0.5 / 32)));
  double const sigma = 0.05;
  double const mean = sigma / std::sqrt(2 * 3.14159265358979);
  EXPECT_TRUE(mean_is(lost, mean, std::sqrt(sigma * sigma / 2 - mean * mean)));
}

TEST(Variation, StuckCellsHaveTheStatedShares) {
  DeviceConfig config;
  config.stuck = {.low = 0.01, .high = 0.03};
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (Traits const& t : traits(config)) {
    if (t.low < t.high) continue;
    low += t.low == 0.0F ? 1U : 0U;
    high += t.low == range ? 1U : 0U;
  }
  EXPECT_TRUE(binomial_fits(low, devices, 0.01));
  EXPECT_TRUE(binomial_fits(high, devices, 0.03));
  config.stuck = {.low = 0.0, .high = 1.0};
  for (Traits const& t : traits(config)) ASSERT_TRUE(t.low == range && t.high == range);
  config.stuck = {.low = 0.5, .high = 0.51};
  EXPECT_THROW(device_constants(config, 1), std::invalid_argument);
}

/// Nothing varies unless asked for, exactly.
TEST(Variation, NoSpreadIsNominal) {
  for (Traits const& t : traits(DeviceConfig{})) {
    ASSERT_EQ(t.slope_up, 1.0F);
    ASSERT_EQ(t.slope_down, 1.0F);
    ASSERT_EQ(t.bend_up, 1.0F);
    ASSERT_EQ(t.bend_down, 1.0F);
    ASSERT_EQ(t.low, 0.0F);
    ASSERT_EQ(t.high, range);
  }
}

/// Stored bytes carry all there is to a draw.
TEST(Variation, TraitsAreAFunctionOfTheStoredBytes) {
  DeviceConstants const constants = device_constants(varied(), 5);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    TraitDraws const draws = regenerated_draws(constants, in_rows(i));
    TraitDraws const copy = {draws.slope_up,  draws.slope_down, draws.bend_up,
                             draws.bend_down, draws.low,        draws.high};
    Traits const a = traits_of(constants, range, draws);
    Traits const b = traits_of(constants, range, copy);
    ASSERT_TRUE(a.slope_up == b.slope_up && a.high == b.high && a.bend_down == b.bend_down);
    ASSERT_NE(draws.bend_up, stuck_mark);
  }
}

/// CrossSim's kinds: sigma sqrt(R |change|), times w/R, times R/w, w the conductance before the
/// move.
TEST(WriteNoise, DeviationOfTheThreeKinds) {
  DeviceConfig config;
  config.on_off_ratio = 10.0;
  config.write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.3};
  DeviceConstants const k = device_constants(config, 1);
  for (float const position : {0.0F, 1000.0F, 30000.0F, 64512.0F}) {
    for (float const change : {-4096.0F, 0.0F, 1.0F, 10240.0F}) {
      double const base = 0.3 * std::sqrt(64512.0 * std::abs(change));
      double const w = (position + 64512.0 / 9.0) / 64512.0;  // G_min = R / (on/off - 1)
      double const tolerance = 8 * 0x1p-24;                   // a handful of float32 roundings
      auto const std_of = [&](WriteNoiseKind kind) {
        return static_cast<double>(write_noise_std(k, kind, range, position, change));
      };
      EXPECT_NEAR(std_of(WriteNoiseKind::additive), base, base * tolerance);
      EXPECT_NEAR(std_of(WriteNoiseKind::proportional), base * w, base * w * tolerance);
      EXPECT_NEAR(std_of(WriteNoiseKind::inverse), base / w, base / w * tolerance);
    }
  }
}

/// NeuroSim's per-pulse sigma over P pulses is CrossSim's sigma = c2c sqrt(P).
TEST(WriteNoise, CycleToCycleFigureIsAccepted) {
  DeviceConfig config;
  config.write_noise = {.kind = WriteNoiseKind::additive, .c2c = 0.035, .c2c_pulses = 100};
  EXPECT_FLOAT_EQ(device_constants(config, 1).write_sigma, 0.35F);
  config.write_noise.sigma = 0.1;
  EXPECT_THROW(device_constants(config, 1), std::invalid_argument);
  config.write_noise.kind = WriteNoiseKind::off;
  EXPECT_EQ(device_constants(config, 1).write_sigma, 0.0F);
}

}  // namespace
}  // namespace panther::test
