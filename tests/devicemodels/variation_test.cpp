// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Frozen differences of devices: moments, correlations, independence of neighbours.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
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

/// With a uniform number of one step added, values in 1/32 steps of `deviation` are a continuous
/// variable whose distribution is the normal's convolved with the step: closer to it than a test
/// can see.
std::vector<double> dithered(std::vector<double> values, double deviation) {
  std::uint64_t state = 1;
  for (double& value : values) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    value += (static_cast<double>(state >> 11) * 0x1p-53 - 0.5) / 32.0 * deviation;
  }
  return values;
}

TEST(Variation, SlopesAndBendsHaveTheStatedMoments) {
  auto const list = traits(varied());
  for (auto const member : {&Traits::slope_up, &Traits::slope_down}) {
    EXPECT_TRUE(mean_is(column(list, member), 1.0, 0.2));
    EXPECT_TRUE(variance_is(column(list, member), 0.04 * quantisation));
    EXPECT_TRUE(distributed_as(dithered(column(list, member), 0.2), normal(1.0, 0.2)));
  }
  for (auto const member : {&Traits::bend_up, &Traits::bend_down}) {
    EXPECT_TRUE(mean_is(column(list, member), 1.0, 0.15));
    EXPECT_TRUE(variance_is(column(list, member), 0.0225 * quantisation));
    EXPECT_TRUE(distributed_as(dithered(column(list, member), 0.15), normal(1.0, 0.15)));
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

/// What a normal end loses to the inside, max(0, sigma xi): its moments, and a half-normal of those
/// that lose anything, which is half a step of the draws at least.
void expect_lost(std::vector<double> const& lost, double sigma) {
  double const mean = sigma * std::sqrt(0.5 * std::numbers::inv_pi);
  double const variance = sigma * sigma / 2 - mean * mean;
  EXPECT_TRUE(mean_is(lost, mean, std::sqrt(variance))) << sigma;
  constexpr double kurtosis = 5.41;  // of max(0, xi): E x^4 = 3/2, E x^3 = sqrt(2 / pi)
  EXPECT_TRUE(variance_is(lost, variance, kurtosis)) << sigma;
  std::vector<double> some;
  for (double const part : lost) {
    if (part > 0.0) some.push_back(part);
  }
  double const none = normal_cdf(0.5 / 32);
  EXPECT_TRUE(distributed_as(dithered(some, sigma), [&](double x) {
    return (normal_cdf(x / sigma) - none) / (1.0 - none);
  })) << sigma;
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
  expect_lost(lost, 0.05);
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
    TraitDraws copy = draws;
    for (auto const member : {&TraitDraws::slope_up, &TraitDraws::slope_down, &TraitDraws::bend_up,
                              &TraitDraws::bend_down, &TraitDraws::low, &TraitDraws::high,
                              &TraitDraws::asymmetry, &TraitDraws::level}) {
      copy.*member = static_cast<std::int8_t>(draws.*member);
    }
    Traits const a = traits_of(constants, range, draws);
    Traits const b = traits_of(constants, range, copy);
    ASSERT_TRUE(a.slope_up == b.slope_up && a.high == b.high && a.bend_down == b.bend_down);
    ASSERT_NE(draws.bend_up, stuck_mark);
  }
}

/// aihwkit's log-normal steps: exp(sigma xi), whose logarithm is normal.
TEST(Variation, LogNormalSlopes) {
  DeviceConfig config;
  config.spread = {
      .distribution = SlopeDistribution::log_normal, .slope = 0.78, .slope_correlation = 0.4};
  auto const list = traits(config);
  std::vector<double> up;
  std::vector<double> down;
  for (Traits const& t : list) {
    up.push_back(std::log(static_cast<double>(t.slope_up)) / 0.78);
    down.push_back(std::log(static_cast<double>(t.slope_down)) / 0.78);
  }
  EXPECT_TRUE(mean_is(up, 0.0, 1.0));
  EXPECT_TRUE(variance_is(down, quantisation));
  EXPECT_TRUE(correlation_is(up, down, 0.4));
  EXPECT_TRUE(distributed_as(dithered(up, 1.0), normal_cdf));
}

/// aihwkit's g + r and g - r.
TEST(Variation, AsymmetryIsAddedUpAndTakenDown) {
  DeviceConfig config;
  config.spread = {.slope = 0.15, .slope_correlation = 1.0, .asymmetry = 0.08};
  auto const list = traits(config);
  std::vector<double> sum;
  std::vector<double> difference;
  for (Traits const& t : list) {
    sum.push_back(0.5 * (static_cast<double>(t.slope_up) + static_cast<double>(t.slope_down)));
    difference.push_back(0.5 *
                         (static_cast<double>(t.slope_up) - static_cast<double>(t.slope_down)));
  }
  EXPECT_TRUE(mean_is(sum, 1.0, 0.15));
  EXPECT_TRUE(variance_is(sum, 0.0225 * quantisation));
  EXPECT_TRUE(distributed_as(dithered(sum, 0.15), normal(1.0, 0.15)));
  EXPECT_TRUE(mean_is(difference, 0.0, 0.08));
  EXPECT_TRUE(variance_is(difference, 0.0064 * quantisation));
  EXPECT_TRUE(distributed_as(dithered(difference, 0.08), normal(0.0, 0.08)));
  EXPECT_TRUE(uncorrelated(sum, difference));
}

/// Of normal slopes the pair is the one that slope and slope_correlation give.
TEST(Variation, NormalAsymmetryIsACorrelation) {
  double const g = 0.15;
  double const r = 0.08;
  DeviceConfig config;
  config.spread = {.slope = g, .slope_correlation = 1.0, .asymmetry = r};
  auto const list = traits(config);
  auto const up = column(list, &Traits::slope_up);
  auto const down = column(list, &Traits::slope_down);
  EXPECT_TRUE(variance_is(up, (g * g + r * r) * quantisation));
  EXPECT_TRUE(variance_is(down, (g * g + r * r) * quantisation));
  EXPECT_TRUE(correlation_is(up, down, (g * g - r * r) / (g * g + r * r)));
}

/// The second draw of a device is as much its own as the first.
TEST(Variation, AsymmetriesDifferBetweenDevices) {
  DeviceConfig config;
  config.spread.asymmetry = 0.1;
  auto const base = column(traits(config), &Traits::slope_up);
  std::vector<Address> const others = {
      [](std::uint64_t i) { return device_item(2, 1, 3, i / 200, i % 200 + 1); },
      [](std::uint64_t i) { return device_item(2, 1, 3, i / 200 + 1, i % 200); },
      [](std::uint64_t i) { return device_item(2, 1, 4, i / 200, i % 200); },
      [](std::uint64_t i) { return device_item(2, 0, 3, i / 200, i % 200); },
      [](std::uint64_t i) { return device_item(3, 1, 3, i / 200, i % 200); }};
  for (std::size_t k = 0; k < others.size(); ++k) {
    EXPECT_TRUE(uncorrelated(base, column(traits(config, others[k]), &Traits::slope_up))) << k;
  }
  EXPECT_TRUE(uncorrelated(base, column(traits(config, in_rows, 6), &Traits::slope_up)));
  config.spread = varied().spread;
  for (auto const member : {&Traits::slope_up, &Traits::bend_up, &Traits::low, &Traits::high}) {
    EXPECT_TRUE(uncorrelated(base, column(traits(config), member)));
  }
}

TEST(Variation, BendsCorrelateAsAsked) {
  for (double const correlation : {-0.6, 0.8}) {
    DeviceConfig config = varied();
    config.spread.nonlinearity_correlation = correlation;
    auto const list = traits(config);
    EXPECT_TRUE(correlation_is(column(list, &Traits::bend_up), column(list, &Traits::bend_down),
                               correlation));
    EXPECT_TRUE(variance_is(column(list, &Traits::bend_down), 0.0225 * quantisation));
  }
  DeviceConfig config = varied();
  config.spread.nonlinearity_correlation = 1.0;
  for (Traits const& t : traits(config)) ASSERT_EQ(t.bend_up, t.bend_down);
}

TEST(Variation, EndsOfTheWindowVaryApart) {
  DeviceConfig config;
  config.spread = {.window = 0.05, .window_low = 0.02, .window_correlation = 0.0};
  for (bool const lower : {true, false}) {
    std::vector<double> lost;
    for (Traits const& t : traits(config)) {
      lost.push_back(static_cast<double>(lower ? t.low : range - t.high) / range);
    }
    expect_lost(lost, lower ? 0.02 : 0.05);
  }
  config.spread = {.window_high = 0.03};
  for (Traits const& t : traits(config)) ASSERT_EQ(t.low, 0.0F);
}

/// Fully correlated ends move together: no device loses at both, or at neither unless untouched.
TEST(Variation, EndsOfTheWindowCorrelate) {
  DeviceConfig config;
  config.spread = {.window = 0.05, .window_correlation = 1.0};
  for (Traits const& t : traits(config)) ASSERT_TRUE(t.low == 0.0F || t.high == range);
  config.spread.window_correlation = -1.0;
  for (Traits const& t : traits(config)) ASSERT_NEAR(t.low, range - t.high, 1.0F);
}

/// Of devices a quarter minus asin(correlation) / (2 pi) draws both ends inwards (Sheppard 1899),
/// less those within half a step of the draws of not doing so.
TEST(Variation, EndsOfTheWindowCorrelateInPart) {
  for (double const correlation : {-0.5, 0.3}) {
    DeviceConfig config;
    config.spread = {.window = 0.05, .window_correlation = correlation};
    DeviceConstants const constants = device_constants(config, 5);
    std::vector<double> low;
    std::vector<double> high;
    std::uint64_t both = 0;
    for (std::uint64_t i = 0; i < devices; ++i) {
      TraitDraws const draws = regenerated_draws(constants, in_rows(i));
      low.push_back(draws.low);
      high.push_back(draws.high);
      Traits const t = traits_of(constants, range, draws);
      both += t.low > 0.0F && t.high < range ? 1U : 0U;
    }
    EXPECT_TRUE(correlation_is(low, high, correlation));
    double const quadrant = 0.25 - 0.5 * std::numbers::inv_pi * std::asin(correlation);
    EXPECT_TRUE(binomial_fits(both, devices, quadrant - (normal_cdf(0.5 / 32) - 0.5)));
  }
}

/// NeuroSim's label + N(0, sigma): a first-order map, compared with the alphas of drawn labels.
/// What it leaves out is below the square of the relative spread.
TEST(Variation, LabelSpreadIsARelativeOne) {
  DeviceConfig config;
  Exponential::Params law;
  law.label_up = 2.4;
  law.label_down = -4.88;
  config.law = law;
  config.spread.nonlinearity_labels = 0.3;
  SpreadConstants const k = device_constants(config, 1).spread;
  for (double const xi : {-1.0, 1.0}) {
    double const up = alpha_of_label(2.4 + 0.3 * xi) / alpha_of_label(2.4);
    double const down = alpha_of_label(4.88 + 0.3 * xi) / alpha_of_label(4.88);
    EXPECT_NEAR(1.0 + static_cast<double>(k.bend_up) * xi, up, k.bend_up * k.bend_up);
    EXPECT_NEAR(1.0 + static_cast<double>(k.bend_down) * xi, down, k.bend_down * k.bend_down);
  }
  auto const refused = [&] { return device_constants(config, 1); };
  config.spread.nonlinearity = 0.1;
  EXPECT_THROW(refused(), std::invalid_argument);
  config.spread = {.nonlinearity_labels = 1.3};
  EXPECT_THROW(refused(), std::invalid_argument) << "labels would change their sign";
  config.spread.nonlinearity_labels = 0.1;
  config.law = Symmetric::Params{};
  EXPECT_THROW(refused(), std::invalid_argument) << "no labels";
}

}  // namespace
}  // namespace panther::test
