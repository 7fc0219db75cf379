// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/initial_weights.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/nn/baseline.hpp"
#include "tests/host/nn/courses.hpp"

namespace panther::test {
namespace {

TEST(InitialWeights, AreUniformWithinTheLimit) {
  for (WeightInit const init : {WeightInit::he_uniform, WeightInit::xavier_uniform}) {
    SCOPED_TRACE(enum_name(init));
    std::vector<float> const weights = initial_weights({.kind = init}, 3, 0, 200, 201, 50);
    double const fan = init == WeightInit::he_uniform ? 200.0 : 250.0;
    double const limit = std::sqrt(6.0 / fan);
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < 200 * 50; ++i) {
      auto const weight = static_cast<double>(weights[i]);
      ASSERT_LE(std::abs(weight), limit * (1.0 + 1e-6));
      sum += weight;
      squares += weight * weight;
    }
    // 10000 uniform values: the mean deviates by limit / sqrt(30000) at one sigma, the mean square
    // by limit^2 sqrt(4 / 45 / 10000); six sigma.
    EXPECT_NEAR(sum / 10000, 0.0, 6.0 * limit / std::sqrt(30000.0));
    EXPECT_NEAR(squares / 10000, limit * limit / 3.0,
                6.0 * limit * limit * std::sqrt(4.0 / 450000));
    for (std::size_t i = 200 * 50; i < weights.size(); ++i) EXPECT_EQ(weights[i], 0.0F) << "bias";
  }
}

TEST(InitialWeights, TakeTheValuesOfAGridEquallyOften) {
  WeightInitConfig const grid{.kind = WeightInit::grid, .limit = 1.0, .values = 7};
  std::vector<float> const weights = initial_weights(grid, 3, 0, 210, 211, 50);
  std::array<int, 7> seen{};
  for (std::size_t i = 0; i < 210 * 50; ++i) {
    float const place = 3.0F * (weights[i] + 1.0F);
    float const value = std::round(place);
    ASSERT_NEAR(place, value, 1e-6F);
    ASSERT_LE(std::abs(weights[i]), 1.0F);
    ++seen[static_cast<std::size_t>(value)];
  }
  // 10500 weights of 7 values: 1500 each, one sigma sqrt(10500 * 6 / 49) = 35.9; six sigma.
  for (int const times : seen) EXPECT_NEAR(times, 1500, 215);
  for (std::size_t i = 210 * 50; i < weights.size(); ++i) EXPECT_EQ(weights[i], 0.0F) << "bias";
}

TEST(InitialWeights, DifferBySeedAndLayer) {
  auto const weights = [](std::uint64_t seed, int layer) {
    return initial_weights({}, seed, layer, 10, 11, 7);
  };
  EXPECT_EQ(weights(1, 0), weights(1, 0));
  EXPECT_NE(weights(1, 0), weights(2, 0));
  EXPECT_NE(weights(1, 0), weights(1, 1));
}

TEST(InitialWeights, AreTheSameInPieces) {
  std::vector<float> const whole = initial_weights({}, 5, 2, 10, 11, 7);
  for (std::size_t const piece : {1U, 3U, 4U, 50U}) {
    std::vector<float> pieces(whole.size(), -1.0F);
    for (std::size_t first = 0; first < whole.size(); first += piece) {
      std::span<float> const part =
          std::span(pieces).subspan(first, std::min(piece, whole.size() - first));
      initial_weights({}, 5, 2, 10, 7, first, part);
    }
    EXPECT_EQ(pieces, whole) << piece;
  }
}

TEST(InitialWeights, AreSharedByTrainerAndBaseline) {
  auto const backend = plain_backend();
  RunConfig config = courses().front().config;
  config.device = DeviceConfig{};
  auto const trainer = single_trainer(config, course_data(), *backend);
  Baseline baseline(config, course_data(), config.training.seed);
  StateMap state;
  baseline.archive(StateArchive::saver(state));
  for (std::size_t l = 0; l < trainer->layers().size(); ++l) {
    std::vector<float> exact;
    StateArchive::loader(state).vector("baseline/layers/" + std::to_string(l) + "/weights", exact);
    std::vector<double> const emulated = trainer->layers()[l].weights(0);
    ASSERT_EQ(exact.size(), emulated.size());
    for (std::size_t k = 0; k < exact.size(); ++k)
      EXPECT_NEAR(std::ldexp(emulated[k], -14), static_cast<double>(exact[k]), 0.5 * 0x1p-14);
  }
}

TEST(WeightWords, RoundHalfToEvenAndSaturate) {
  std::vector<float> const weights{0.0F, 0.5F, 1.5F, -0.5F, -1.5F, 2.6F, 1e9F, -1e9F};
  EXPECT_EQ(weight_words(weights, 0, 8), (std::vector<std::int32_t>{0, 0, 2, 0, -2, 3, 127, -128}));
  EXPECT_EQ(weight_words(std::vector{0.25F, -0.25F}, 4, 8), (std::vector<std::int32_t>{4, -4}));
  EXPECT_EQ(weight_words(std::vector{4.0F}, 30, 32), (std::vector<std::int32_t>{2147483647}));
}

TEST(ExampleOrder, IsAPermutation) {
  for (std::int64_t const count : {0, 1, 2, 37, 1000}) {
    std::vector<std::int32_t> order = example_order(9, 2, count, true);
    std::sort(order.begin(), order.end());
    std::vector<std::int32_t> expected(static_cast<std::size_t>(count));
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(order, expected);
    EXPECT_EQ(example_order(9, 2, count, false), expected);
  }
}

TEST(ExampleOrder, DiffersBySeedAndEpoch) {
  EXPECT_EQ(example_order(1, 0, 50, true), example_order(1, 0, 50, true));
  EXPECT_NE(example_order(1, 0, 50, true), example_order(2, 0, 50, true));
  EXPECT_NE(example_order(1, 0, 50, true), example_order(1, 1, 50, true));
}

TEST(ExampleOrder, PutsEveryExampleEverywhere) {
  // 6000 orders of 4: each of the 16 places is taken 1500 times, with a deviation of
  // sqrt(6000 * 3/16) = 33.5 at one sigma; six sigma.
  std::array<std::array<int, 4>, 4> seen{};
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    std::vector<std::int32_t> const order = example_order(seed, 0, 4, true);
    for (std::size_t place = 0; place < 4; ++place)
      ++seen[place][static_cast<std::size_t>(order[place])];
  }
  for (auto const& place : seen) {
    for (int const times : place) EXPECT_NEAR(times, 1500, 201);
  }
}

TEST(ExampleDraws, TakeEveryExampleEquallyOften) {
  // 30000 draws of 20 examples: 1500 each, one sigma sqrt(30000 * 19 / 400) = 37.8; six sigma.
  std::array<int, 20> seen{};
  for (std::int32_t const example : example_draws(4, 1, 30000, 20))
    ++seen.at(static_cast<std::size_t>(example));
  for (int const times : seen) EXPECT_NEAR(times, 1500, 227);
}

TEST(ExampleDraws, DifferBySeedAndEpoch) {
  EXPECT_EQ(example_draws(1, 0, 50, 9), example_draws(1, 0, 50, 9));
  EXPECT_NE(example_draws(1, 0, 50, 9), example_draws(2, 0, 50, 9));
  EXPECT_NE(example_draws(1, 0, 50, 9), example_draws(1, 1, 50, 9));
}

TEST(EpochOrder, IsDrawnOnlyIfANumberIsGiven) {
  TrainingConfig config;
  EXPECT_EQ(epoch_order(config, 5, 2, 30), example_order(5, 2, 30, true));
  config.epoch_examples = 12;
  EXPECT_EQ(epoch_order(config, 5, 2, 30), example_draws(5, 2, 12, 30));
  EXPECT_EQ(examples_of_epoch(config, 30), 12);
}

}  // namespace
}  // namespace panther::test
