// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The project's own elementary functions against double, over their stated ranges, at their stated
// accuracy.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "devicemodels/core/math.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

/// Distance of two float32 neighbours at |x|.
double ulp(double x) {
  int exponent = 0;
  std::frexp(x, &exponent);
  return std::ldexp(1.0, std::max(exponent, -125) - 24);
}

/// Largest |f(x) - exact(x)| in ULP of the exact value, over a sweep of [low, high].
template <class F, class Exact>
double worst_ulp(double low, double high, F f, Exact exact) {
  double worst = 0.0;
  int const points = trials(400000);
  for (int i = 0; i <= points; ++i) {
    auto const x = static_cast<float>(low + (high - low) * i / points);
    double const wanted = exact(static_cast<double>(x));
    if (wanted != 0.0) worst = std::max(worst, std::abs(f(x) - wanted) / ulp(wanted));
  }
  return worst;
}

template <class F, class Exact>
double worst_absolute(double low, double high, F f, Exact exact) {
  double worst = 0.0;
  int const points = trials(400000);
  for (int i = 0; i <= points; ++i) {
    auto const x = static_cast<float>(low + (high - low) * i / points);
    worst = std::max(worst, std::abs(static_cast<double>(f(x)) - exact(static_cast<double>(x))));
  }
  return worst;
}

TEST(Math, NearestRoundsTiesToEven) {
  for (auto const& [x, wanted] :
       {std::pair{0.5F, 0.0F}, std::pair{1.5F, 2.0F}, std::pair{2.5F, 2.0F}, std::pair{-0.5F, 0.0F},
        std::pair{-1.5F, -2.0F}, std::pair{-2.5F, -2.0F}, std::pair{2.4999998F, 2.0F},
        std::pair{4194303.5F, 4194304.0F}, std::pair{-4194302.5F, -4194302.0F}}) {
    EXPECT_EQ(panther::nearest(x), wanted) << x;
    EXPECT_EQ(panther::nearest(static_cast<double>(x)), static_cast<double>(wanted)) << x;
  }
  Random random(11);
  for (int i = 0; i < 10000; ++i) {
    auto const x = static_cast<float>(random.real(-4.19e6, 4.19e6));
    ASSERT_EQ(panther::nearest(x), std::nearbyintf(x)) << random.trace();
    double const y = random.real(-2.2e15, 2.2e15);
    ASSERT_EQ(panther::nearest(y), std::nearbyint(y)) << random.trace();
  }
}

TEST(Math, FloorIsExact) {
  for (float const x :
       {0.0F, -0.0F, 0.999F, -0.001F, -1.0F, -1.5F, 7.0F, 2147483520.0F, -2147483648.0F}) {
    EXPECT_EQ(floor_int(x), static_cast<std::int32_t>(std::floor(x))) << x;
  }
}

TEST(Math, Exp2IsExactAtIntegers) {
  for (int n = -126; n <= 127; ++n) {
    EXPECT_EQ(panther::exp2(static_cast<float>(n)), std::ldexp(1.0F, n)) << n;
  }
  EXPECT_EQ(panther::exp2(-1000.0F), std::ldexp(1.0F, -126));
  EXPECT_EQ(panther::exp2(1000.0F), std::ldexp(1.0F, 127));
}

TEST(Math, Exp2WithinTwoUlp) {
  auto const exact = [](double x) { return std::exp2(x); };
  auto const own = [](float x) { return panther::exp2(x); };
  EXPECT_LE(worst_ulp(-126, 127, own, exact), 2.0);
  EXPECT_LE(worst_ulp(-1, 1, own, exact), 2.0);
}

TEST(Math, Exp2m1WithinFourUlp) {
  auto const exact = [](double x) { return std::expm1(x * std::numbers::ln2); };
  auto const own = [](float x) { return exp2m1(x); };
  EXPECT_EQ(exp2m1(0.0F), 0.0F);
  EXPECT_LE(worst_ulp(-126, 127, own, exact), 4.0);
  EXPECT_LE(worst_ulp(-1, 1, own, exact), 4.0);
  EXPECT_LE(worst_ulp(-1e-3, 1e-3, own, exact), 4.0);
  EXPECT_LE(worst_ulp(-1e-9, 1e-9, own, exact), 4.0);
}

TEST(Math, Log2WithinTheStatedError) {
  EXPECT_EQ(panther::log2(1.0F), 0.0F);
  for (int n = -126; n <= 127; ++n)
    EXPECT_EQ(panther::log2(std::ldexp(1.0F, n)), static_cast<float>(n));
  Random random(12);
  for (int i = 0; i < trials(400000); ++i) {
    auto const x =
        static_cast<float>(std::exp2(random.real(i % 2 == 0 ? -1 : -126, i % 2 == 0 ? 1 : 127.9)));
    double const exact = std::log2(static_cast<double>(x));
    ASSERT_LE(std::abs(panther::log2(x) - exact), 2e-7 + ulp(exact)) << x << " " << random.trace();
  }
}

TEST(Math, Log2OfOnePlusWithinTheStatedError) {
  EXPECT_EQ(panther::log2p1(0.0F), 0.0F);
  EXPECT_EQ(panther::log2p1(-2.0F), panther::log2p1(-1.0F));
  EXPECT_TRUE(std::isfinite(panther::log2p1(-1.0F)));
  Random random(13);
  for (int i = 0; i < trials(400000); ++i) {
    auto const x =
        static_cast<float>(i % 2 == 0 ? random.real(-0.999, 10)
                                      : (i % 4 == 1 ? 1 : -0.999) * std::exp2(random.real(-60, 0)));
    double const exact = std::log1p(static_cast<double>(x)) / std::numbers::ln2;
    ASSERT_NEAR(panther::log2p1(x), exact, 4e-7 * std::abs(exact)) << x << " " << random.trace();
  }
}

TEST(Math, SinCosOfTurns) {
  auto const turn = [](double x) { return 2.0 * std::numbers::pi * x; };
  EXPECT_LE(worst_absolute(
                0, 1, [](float x) { return sincos_turns(x).sin; },
                [&](double x) { return std::sin(turn(x)); }),
            1.5e-7);
  EXPECT_LE(worst_absolute(
                0, 1, [](float x) { return sincos_turns(x).cos; },
                [&](double x) { return std::cos(turn(x)); }),
            1.5e-7);
  for (auto const& [turns, sine, cosine] :
       {std::tuple{0.0F, 0.0F, 1.0F}, std::tuple{0.25F, 1.0F, 0.0F}, std::tuple{0.5F, 0.0F, -1.0F},
        std::tuple{0.75F, -1.0F, 0.0F}, std::tuple{1.0F, 0.0F, 1.0F}}) {
    EXPECT_EQ(sincos_turns(turns).sin, sine) << turns;
    EXPECT_EQ(sincos_turns(turns).cos, cosine) << turns;
  }
}

TEST(Math, Sigmoid) {
  auto const exact = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
  EXPECT_LE(worst_absolute(
                -20, 20, [](float x) { return panther::sigmoid(x); }, exact),
            2e-7);
  EXPECT_EQ(panther::sigmoid(0.0F), 0.5F);
  EXPECT_NEAR(panther::sigmoid(-3e38F), 0.0, 2e-7);
  EXPECT_EQ(panther::sigmoid(3e38F), 1.0F);
}

TEST(Math, TanhIsOddToTheBit) {
  EXPECT_LE(
      worst_absolute(
          -12, 12, [](float x) { return panther::tanh(x); }, [](double x) { return std::tanh(x); }),
      3e-7);
  Random random(13);
  for (int i = 0; i < 10000; ++i) {
    auto const x = static_cast<float>(random.real(0, 12));
    ASSERT_EQ(panther::tanh(-x), -panther::tanh(x)) << x;
  }
  EXPECT_EQ(panther::tanh(0.0F), 0.0F);
  EXPECT_EQ(panther::tanh(3e38F), 1.0F);
  EXPECT_EQ(panther::tanh(-3e38F), -1.0F);
}

/// fused() rounds once: an FMA, not a product and a sum.
TEST(Math, FusedRoundsOnce) {
  float const x = 1.0F + std::numeric_limits<float>::epsilon();
  EXPECT_EQ(fused(x, x, -1.0F - 2 * std::numeric_limits<float>::epsilon()), 0x1p-46F);
}

}  // namespace
}  // namespace panther::test
