// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The window of a worn device: its closed form, its end, failures, counts at their limit.

#include <gtest/gtest.h>

#include <cmath>

#include "devicemodels/wear.hpp"

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
