// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Drivers, sensed lines and converters of analog reads, one by one.

#include "kernels/xbar/converters.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

constexpr std::uint64_t converters = 20000;

ConverterPlace place_of(std::uint64_t converter, std::uint64_t block = 0) {
  return {3, converter, block};
}

TEST(Driver, IsStraightAtItsEndsAndBentBetween) {
  DriverConstants k;
  k.quadratic = 0.1F;
  k.cubic = -0.2F;
  k.s_shape = 0.5F;
  for (int i = -100; i <= 100; ++i) {
    double const x = i / 100.0;
    double const bent = x + 0.1 * (x * std::abs(x) - x) - 0.2 * (x * x * x - x);
    double const expected = bent * 1.5 / (1.0 + 0.5 * std::abs(bent));
    EXPECT_NEAR(driver_output(k, static_cast<float>(x)), expected, 1e-6);
  }
  for (float const x : {-1.0F, 0.0F, 1.0F}) EXPECT_NEAR(driver_output(k, x), x, 1e-6F);
  k = {.clip = 0.25F};
  EXPECT_EQ(driver_output(k, 0.9F), 0.25F);
  EXPECT_EQ(driver_output(k, -0.9F), -0.25F);
  EXPECT_EQ(driver_output(k, 0.125F), 0.125F);
}

TEST(SensedLine, FollowsItsFormula) {
  SensedLineConstants k;
  k.series = 0.3F;
  k.factor = 1.21F;
  ConverterTraits const t{1.0, 0.0, 0.1F, 1.0F, 0.4F};
  for (double const y : {-1.0, -0.3, 0.0, 0.01, 0.7}) {
    double const series = y * (1.0 - 0.1) / (1.0 + 0.3 * std::abs(y));
    EXPECT_NEAR(sensed_output(k, t, y), 1.21 * series / (1.0 + 0.4 * std::abs(series)), 1e-7);
  }
}

/// Gain, offset and the line's properties of many converters.
TEST(Converters, FrozenErrorsAreDistributedAsStated) {
  AdcConstants adc;
  adc.gain_std = 0.02F;
  adc.offset_std = 1.5F;
  SensedLineConstants line;
  line.noise_spread = 0.1F;
  line.s_shape = 0.2F;
  line.s_shape_spread = 0.1F;
  line.offset_std = 0.05F;
  std::vector<double> gain;
  std::vector<double> offset;
  std::vector<double> noise;
  std::vector<double> shape;
  std::vector<double> sense;
  for (std::uint64_t c = 0; c < converters; ++c) {
    ConverterTraits const t = converter_traits(adc, line, place_of(c));
    gain.push_back((t.gain - 1.0) / 0.02);
    offset.push_back(t.offset / 1.5);
    noise.push_back((static_cast<double>(t.noise) - 1.0) / 0.1);
    shape.push_back((static_cast<double>(t.s_shape) / 0.2 - 1.0) / 0.1);
    if (t.sense_offset > 0.0F) sense.push_back(static_cast<double>(t.sense_offset) / 0.05);
  }
  for (auto const* values : {&gain, &offset, &noise, &shape}) {
    EXPECT_TRUE(mean_is(*values, 0.0, 1.0));
    EXPECT_TRUE(variance_is(*values, 1.0));
    EXPECT_TRUE(distributed_as(*values, normal_cdf));
  }
  EXPECT_TRUE(binomial_fits(sense.size(), converters, 0.5)) << "half are cut at 0";
  EXPECT_TRUE(distributed_as(sense, [](double z) { return 2.0 * normal_cdf(z) - 1.0; }));
  EXPECT_TRUE(uncorrelated(gain, offset));
  EXPECT_TRUE(uncorrelated(noise, shape));
  std::vector<double> const next(gain.begin() + 1, gain.end());
  EXPECT_TRUE(uncorrelated(std::span(gain).first(gain.size() - 1), next));
}

TEST(Converters, RampsShareTheSlopeOfTheirBlock) {
  AdcConstants adc;
  adc.slope_std = 0.05F;
  std::vector<double> slopes;
  for (std::uint64_t block = 0; block < converters; ++block) {
    double const slope = converter_traits(adc, {}, place_of(7, block)).gain;
    EXPECT_EQ(slope, converter_traits(adc, {}, place_of(8, block)).gain);
    slopes.push_back((slope - 1.0) / 0.05);
  }
  EXPECT_TRUE(distributed_as(slopes, normal_cdf));
}

double sar_code(std::vector<float> const& weights, int bits, double z) {
  double const half = std::exp2(bits - 1);
  SarState state{0.0, 0.0};
  for (int bit = bits - 1; bit >= 0; --bit) {
    state = sar_decision(state, z + half, weights[static_cast<std::size_t>(bit)], bit);
  }
  return state.code - half;
}

std::vector<float> weights_of(float spread, int bits, std::uint64_t converter) {
  std::vector<float> weights(max_adc_bits);
  AdcConstants adc;
  adc.capacitor_std = spread;
  sar_weights(adc, place_of(converter), bits, weights.data());
  weights.resize(static_cast<std::size_t>(bits));
  return weights;
}

TEST(Sar, EqualCapacitorsRoundAsAUniformConverter) {
  for (int const bits : {2, 5, 8}) {
    auto const weights = weights_of(0.0F, bits, 1);
    double const half = std::exp2(bits - 1);
    for (double z = -half - 3.0; z < half + 3.0; z += 0.125) {
      EXPECT_EQ(sar_code(weights, bits, z), std::clamp(std::floor(z + 0.5), -half, half - 1.0));
    }
  }
}

TEST(Sar, UnequalCapacitorsKeepTheOrderAndTheEnds) {
  constexpr int bits = 8;
  for (std::uint64_t converter = 0; converter < 30; ++converter) {
    auto const weights = weights_of(0.2F, bits, converter);
    double before = -128.0;
    for (double z = -140.0; z < 140.0; z += 0.1) {
      double const code = sar_code(weights, bits, z);
      EXPECT_GE(code, before) << z;
      before = code;
    }
    EXPECT_EQ(sar_code(weights, bits, -200.0), -128.0);
    EXPECT_EQ(sar_code(weights, bits, 200.0), 127.0);
    double total = 0.0;
    for (float const weight : weights) total += static_cast<double>(weight);
    EXPECT_LT(total, 256.0);
    EXPECT_GT(total, 253.0) << "one unit terminates";
  }
}

/// The largest capacitor against the others: the error of the middle transition has the standard
/// deviation sigma sqrt(2^bits) / 2 steps. The terminating unit, which does not vary, takes one
/// part in 2^(bits + 1) of the variance.
TEST(Sar, ErrorInTheMiddleOfTheRangeIsAsCapacitorsGive) {
  constexpr int bits = 10;
  std::vector<double> errors;
  for (std::uint64_t converter = 0; converter < converters; ++converter) {
    auto const weights = weights_of(0.01F, bits, converter);
    errors.push_back((static_cast<double>(weights[bits - 1]) - 512.0) / (0.01 * 16.0));
  }
  EXPECT_TRUE(mean_is(errors, 0.0, 1.0));
  EXPECT_TRUE(variance_is(errors, 1.0));
  EXPECT_TRUE(distributed_as(errors, normal_cdf));
}

TEST(Adc, StochasticRoundingIsUnbiased) {
  AdcConstants adc;
  adc.stochastic = true;
  adc.draws = true;
  for (double const z : {-3.75, -0.1, 0.5, 7.9}) {
    std::uint64_t up = 0;
    for (std::uint64_t read = 0; read < converters; ++read) {
      ConversionDraw const fresh = conversion_draw(3, 11, read, 5);
      double const code = rounded_steps(adc, fresh, z);
      EXPECT_TRUE(code == std::floor(z) || code == std::floor(z) + 1.0);
      up += code != std::floor(z) ? 1U : 0U;
    }
    EXPECT_TRUE(binomial_fits(up, converters, z - std::floor(z))) << z;
  }
}

TEST(Adc, ComparatorNoiseIsNormalAndEveryConversionsOwn) {
  AdcConstants adc;
  adc.draws = true;
  adc.comparator_noise = 0.5F;
  ConverterTraits const exact{1.0, 0.0, 0.0F, 1.0F, 0.0F};
  std::vector<double> noise;
  std::vector<double> next_step;
  std::vector<double> next_line;
  auto const at = [&](std::uint64_t item, std::uint64_t read, int step) {
    return at_comparator(adc, exact, conversion_draw(3, item, read, step), 0.0) / 0.5;
  };
  for (std::uint64_t read = 0; read < converters; ++read) {
    noise.push_back(at(11, read, 5));
    next_step.push_back(at(11, read, 6));
    next_line.push_back(at(12, read, 5));
  }
  EXPECT_TRUE(mean_is(noise, 0.0, 1.0));
  EXPECT_TRUE(variance_is(noise, 1.0));
  EXPECT_TRUE(distributed_as(noise, normal_cdf));
  EXPECT_TRUE(uncorrelated(noise, next_step));
  EXPECT_TRUE(uncorrelated(noise, next_line));
}

TEST(Adc, SignAndMagnitudeIsSymmetric) {
  EXPECT_EQ(adc_limits(AdcKind::sign_magnitude, 5).low, -15.0);
  EXPECT_EQ(adc_limits(AdcKind::sign_magnitude, 5).high, 15.0);
  EXPECT_EQ(adc_limits(AdcKind::uniform, 5).low, -16.0);
  EXPECT_EQ(adc_limits(AdcKind::uniform, 5).high, 15.0);
}

}  // namespace
}  // namespace panther::test
