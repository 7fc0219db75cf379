// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "devicemodels/core/normal.hpp"
#include "devicemodels/core/philox.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

constexpr int draws = 100000;

struct Pairs {
  std::vector<double> first;
  std::vector<double> second;
};

template <class F>
Pairs sample(F f) {
  Pairs pairs;
  for (int i = 0; i < draws; ++i) {
    PhiloxWords const r = draw(21, Stream::test_data, static_cast<std::uint64_t>(i), 0);
    NormalPair const pair = f(r);
    pairs.first.push_back(pair.first);
    pairs.second.push_back(pair.second);
  }
  return pairs;
}

std::vector<double> power(std::vector<double> values, int exponent) {
  for (double& value : values) value = std::pow(value, exponent);
  return values;
}

void expect_normal(std::vector<double> const& values) {
  EXPECT_TRUE(mean_is(values, 0.0, 1.0));
  EXPECT_TRUE(variance_is(values, 1.0));
  EXPECT_TRUE(mean_is(power(values, 3), 0.0, std::sqrt(15.0)));
  EXPECT_TRUE(mean_is(power(values, 4), 3.0, std::sqrt(96.0)));
  EXPECT_TRUE(distributed_as(values, normal_cdf));
}

TEST(Normal, PairsAreStandardNormalAndIndependent) {
  Pairs const pairs = sample([](PhiloxWords const& r) { return normal_pair(r.w[0], r.w[1]); });
  expect_normal(pairs.first);
  expect_normal(pairs.second);
  EXPECT_TRUE(uncorrelated(pairs.first, pairs.second));
  EXPECT_TRUE(uncorrelated(power(pairs.first, 2), power(pairs.second, 2)));
}

TEST(Normal, CoarsePairsAreStandardNormalAndIndependent) {
  Pairs const pairs = sample([](PhiloxWords const& r) { return coarse_normal_pair(r.w[3]); });
  expect_normal(pairs.first);
  expect_normal(pairs.second);
  EXPECT_TRUE(uncorrelated(pairs.first, pairs.second));
  EXPECT_TRUE(uncorrelated(power(pairs.first, 2), power(pairs.second, 2)));
}

TEST(Normal, ExtremesOfTheWords) {
  for (std::uint32_t const angle : {0U, 1U << 30, 1U << 31, ~0U}) {
    EXPECT_LE(std::hypot(normal_pair(0U, angle).first, normal_pair(0U, angle).second), 5.77);
    EXPECT_GE(std::hypot(normal_pair(0U, angle).first, normal_pair(0U, angle).second), 5.75);
    EXPECT_NEAR(std::hypot(normal_pair(~0U, angle).first, normal_pair(~0U, angle).second), 0.0,
                1e-3);
  }
  for (std::uint32_t const angle : {0U, 0x4000U, 0x8000U, 0xFFFFU}) {
    EXPECT_LE(std::abs(coarse_normal_pair(angle).first), 4.86);
    EXPECT_LE(std::abs(coarse_normal_pair(angle).second), 4.86);
  }
}

/// The dither of a word comes from bits that its normal does not use.
TEST(Normal, DitherIsApartFromTheNormal) {
  for (std::uint32_t low = 0; low < 256; ++low) {
    std::uint32_t const radius = 0xABCDEF00U | low;
    EXPECT_EQ(normal_pair(radius, 0x12345600U).first, normal_pair(0xABCDEF00U, 0x12345600U).first);
    EXPECT_EQ(normal_pair(0x12345600U, radius).first, normal_pair(0x12345600U, 0xABCDEF00U).first);
    EXPECT_EQ(dither_of(radius), static_cast<float>(low) / 256.0F);
  }
}

/// floor(x + dither) over all dithers has mean x, to 1/256 below; whole numbers are kept.
TEST(Normal, DitherRoundsWithoutBias) {
  for (double const x : {0.0, 1.0, 0.25, 3.5, 17.0 / 256, 0.999, 0.3333333}) {
    double sum = 0.0;
    for (std::uint32_t low = 0; low < 256; ++low)
      sum += std::floor(x + static_cast<double>(dither_of(low)));
    double const mean = sum / 256.0;
    EXPECT_LE(mean, x + 1e-12);
    EXPECT_GT(mean, x - 1.0 / 256);
    EXPECT_TRUE(mean == x || x != std::floor(x * 256) / 256) << x;
  }
}

TEST(Normal, UniformLiesInsideTheUnitIntervalAndIsUniform) {
  EXPECT_GT(uniform_of(0U), 0.0F);
  EXPECT_LT(uniform_of(~0U), 1.0F);
  std::vector<double> values;
  for (int i = 0; i < draws; ++i) {
    values.push_back(
        uniform_of(draw(22, Stream::test_data, 7, static_cast<std::uint64_t>(i)).w[1]));
  }
  EXPECT_TRUE(distributed_as(values, [](double x) { return x; }));
  EXPECT_TRUE(mean_is(values, 0.5, std::sqrt(1.0 / 12)));
}

}  // namespace
}  // namespace panther::test
