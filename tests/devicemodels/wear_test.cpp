// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The window of a worn device: its closed form, its end, failures, counts at their limit.

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "devicemodels/wear.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

constexpr float range = 64512.0F;

TEST(Wear, WindowsCloseWithTheLogarithmOfWrites) {
  WearConstants const k =
      wear_constants({.onset_writes = 1000.0, .top_per_decade = 0.1, .bottom_per_decade = 0.02});
  for (std::uint32_t const writes : {0U, 1U, 999U, 1000U}) {
    Bounds const fresh = worn_bounds(k, range, writes, 0.0F);
    EXPECT_NEAR(fresh.low, 0.0, 0.01);
    EXPECT_NEAR(fresh.high, static_cast<double>(range), 0.05);
  }
  for (std::uint32_t const writes : {2000U, 50000U, 7654321U, 4000000000U}) {
    double const decades = std::log10(writes / 1000.0);
    Bounds const worn = worn_bounds(k, range, writes, 0.0F);
    EXPECT_NEAR(worn.low, 0.02 * decades * range, 0.05) << writes;
    EXPECT_NEAR(worn.high, (1 - 0.1 * decades) * range, 0.05) << writes;
  }
}

/// Linear in the logarithm of writes between nodes, constant beyond.
double naive_end(std::vector<double> const& writes, std::vector<double> const& ends, double at) {
  if (at <= writes.front()) return ends.front();
  for (std::size_t i = 1; i < writes.size(); ++i) {
    if (at > writes[i]) continue;
    double const part = std::log(at / writes[i - 1]) / std::log(writes[i] / writes[i - 1]);
    return std::lerp(ends[i - 1], ends[i], part);
  }
  return ends.back();
}

TEST(Wear, WindowsFollowACurve) {
  Random random(12);
  for (int trial = 0; trial < 300; ++trial) {
    Endurance endurance;
    double writes = std::exp(random.real(0, 5));
    for (int node = random.whole(1, 8); node > 0; --node, writes *= std::exp(random.real(0.1, 2))) {
      endurance.curve_writes.push_back(writes);
      endurance.curve_bottom.push_back(random.real(0, 0.5));
      endurance.curve_top.push_back(random.real(0.5, 1));
    }
    WearConstants const k = wear_constants(endurance);
    EXPECT_TRUE(k.wears());
    for (int place = 0; place < 40; ++place) {
      auto const at = static_cast<std::uint32_t>(std::exp(random.real(0, 22)));
      Bounds const worn = worn_bounds(k, range, at, 0.0F);
      double const low = naive_end(endurance.curve_writes, endurance.curve_bottom, at) * range;
      double const high = naive_end(endurance.curve_writes, endurance.curve_top, at) * range;
      EXPECT_NEAR(worn.low, low, 1.0) << trial << ": " << at;
      EXPECT_NEAR(worn.high, high, 1.0) << trial << ": " << at;
    }
  }
}

std::string refusal(Endurance const& endurance) {
  try {
    check_endurance(endurance);
  } catch (std::invalid_argument const& error) {
    return error.what();
  }
  return {};
}

TEST(Wear, ACurveSaysWhatItLacks) {
  Endurance curve;
  EXPECT_EQ(refusal(curve), "") << "none is given";
  curve.curve_top = {1.0, 0.5};
  EXPECT_EQ(refusal(curve), "endurance.curve_writes: 0 nodes (must be 1 to 8)");
  curve.curve_writes = {100.0, 100.0};
  EXPECT_EQ(refusal(curve),
            "endurance.curve_writes: node 1, 100, must lie above the one before, 100");
  curve.curve_writes = {100.0, NAN};
  EXPECT_EQ(refusal(curve), "endurance.curve_writes: node 1 is not finite");
  curve.curve_writes = {100.0, 1000.0};
  EXPECT_EQ(refusal(curve),
            "endurance.curve_bottom: 0 values (must be as many as there are nodes, 2)");
  curve.curve_bottom = {0.0, 0.6};
  EXPECT_EQ(refusal(curve), "endurance.curve_bottom: value 1, 0.6, lies above curve_top, 0.5");
  curve.curve_bottom = {0.0, 0.5};
  EXPECT_EQ(refusal(curve), "");
  curve.top_per_decade = 0.1;
  EXPECT_EQ(refusal(curve),
            "endurance.curve_writes: given beside top_per_decade or bottom_per_decade (give one)");
}

TEST(Wear, EndsThatCrossMeet) {
  WearConstants const k =
      wear_constants({.onset_writes = 1.0, .top_per_decade = 0.5, .bottom_per_decade = 0.5});
  Bounds const dead = worn_bounds(k, range, 1000, 0.0F);
  EXPECT_EQ(dead.low, dead.high);
  EXPECT_NEAR(dead.low, 0.5 * range, 1.0);
}

TEST(Wear, DevicesFailAtTheirOwnNumberOfWrites) {
  WearConstants const k =
      wear_constants({.failure_writes = 10000.0, .failure_spread = 0.5, .failed_level = 0.25});
  for (float const draw : {-1.0F, 0.0F, 1.0F}) {
    double const life = 10000.0 * std::pow(10.0, 0.5 * static_cast<double>(draw));
    auto const before = static_cast<std::uint32_t>(life * 0.999);
    auto const after = static_cast<std::uint32_t>(life * 1.001);
    EXPECT_EQ(worn_bounds(k, range, before, draw).high, range);
    EXPECT_EQ(worn_bounds(k, range, after, draw).low, 0.25F * range);
    EXPECT_EQ(worn_bounds(k, range, after, draw).high, 0.25F * range);
  }
  EXPECT_FALSE(wear_constants({}).wears());
}

TEST(Wear, CodesAreHeldWithinWholeCodesOfTheWindow) {
  Bounds const bounds{100.25F, 200.75F};
  EXPECT_EQ(held_code(bounds, 50.0F) - code_of_g_min, 101);
  EXPECT_EQ(held_code(bounds, 150.0F) - code_of_g_min, 150);
  EXPECT_EQ(held_code(bounds, 300.0F) - code_of_g_min, 200);
  EXPECT_EQ(held_code({0.0F, 65535.0F}, 65535.0F), 32767);
}

TEST(Wear, CountsEndAtTheirLimit) {
  EXPECT_EQ(more_writes(5, 7), 12U);
  EXPECT_EQ(more_writes(0xFFFFFFF0U, 15), 0xFFFFFFFFU);
  EXPECT_EQ(more_writes(0xFFFFFFF0U, 16), 0xFFFFFFFFU);
}

}  // namespace
}  // namespace panther::test
