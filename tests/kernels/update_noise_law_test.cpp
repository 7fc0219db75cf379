// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// What is random in an update: the noise of a move has the stated deviation in its three kinds,
// draws of devices, steps, planes, layers and seeds are independent, rounding to a code is
// unbiased.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/nonlinear_model.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class UpdateNoiseLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, UpdateNoiseLaw, every_backend(), backend_label);

/// Moves every device of slice 0 by `steps` from mid-window, many times afresh; returns code
/// changes.
std::vector<double> changes_of(Crossbar& xbar, CrossbarConfig const& config, int level, int steps,
                               std::uint64_t first_step) {
  auto codes = xbar.codes();
  for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
    codes[at] = static_cast<std::int16_t>(level * 1024);
  });
  xbar.set_codes(codes);
  xbar.apply(std::vector<std::int32_t>(xbar.weight_count(), steps), {.first_step = first_step});
  auto const after = xbar.codes();
  std::vector<double> changes;
  for (int i = 0; i < config.rows; ++i) {
    for (int j = 0; j < config.cols; ++j) {
      changes.push_back(after[static_cast<std::size_t>(xbar.shape().index(0, 0, 0, i, j))] -
                        level * 1024);
    }
  }
  return changes;
}

CrossbarConfig noisy_writes(WriteNoiseKind kind, double sigma) {
  CrossbarConfig config = crossbar_of(96, 70);
  config.slicing = {.weight_bits = 16, .cell_bits_lsb_first = {6, 6, 6, 6}};
  config.devices[0].write_noise = {.kind = kind, .sigma = sigma};
  config.devices[0].on_off_ratio = 5.0;
  return config;
}

/// Three kinds: sigma sqrt(R |change|), times w / R or R / w with w the conductance before the
/// move.
TEST_P(UpdateNoiseLaw, WriteNoiseHasTheStatedDeviation) {
  double const range = 63.0 * 1024;
  for (auto const kind :
       {WriteNoiseKind::additive, WriteNoiseKind::proportional, WriteNoiseKind::inverse}) {
    CrossbarConfig const config = noisy_writes(kind, 0.05);
    Crossbar xbar(backend(), config);
    for (auto const& [level, steps] : {std::pair{-12, 7}, std::pair{0, 1}, std::pair{8, -15}}) {
      auto const changes = changes_of(xbar, config, level, steps, 9);
      double const change = steps * 1024.0;
      double const w = ((level + 32) * 1024.0 + range / 4.0) / range;  // G_min = range / (5 - 1)
      double const scale =
          kind == WriteNoiseKind::proportional ? w : (kind == WriteNoiseKind::inverse ? 1 / w : 1);
      double const noise = 0.05 * std::sqrt(range * std::abs(change)) * scale;
      double const variance = noise * noise + 0.25;  // stochastic rounding: at most 1/4
      SCOPED_TRACE(std::string(enum_name(kind)) + " " + std::to_string(level));
      EXPECT_TRUE(mean_is(changes, change, noise));
      EXPECT_TRUE(variance_is(changes, variance));
      EXPECT_TRUE(
          distributed_as(changes, [&](double x) { return normal_cdf((x - change) / noise); }));
    }
  }
}

/// A move by zero steps is no move: no noise.
TEST_P(UpdateNoiseLaw, NoStepsMeansNoNoise) {
  CrossbarConfig const config = noisy_writes(WriteNoiseKind::additive, 0.5);
  Crossbar xbar(backend(), config);
  xbar.apply(std::vector<std::int32_t>(xbar.weight_count(), 16));  // slice 1 only
  auto const codes = xbar.codes();
  int moved = 0;
  for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
    ASSERT_TRUE(plane == 1 || codes[at] == 0);
    moved += codes[at] != 0 ? 1 : 0;
  });
  EXPECT_GT(moved, 96 * 70 * 9 / 10);  // a noisy move seldom ends where it began
}

TEST_P(UpdateNoiseLaw, NoiseOfDevicesAndStepsIsIndependent) {
  CrossbarConfig config = noisy_writes(WriteNoiseKind::additive, 0.05);
  Crossbar xbar(backend(), config);
  auto const base = changes_of(xbar, config, 0, 3, 9);
  auto const n = base.size();
  for (std::size_t const distance : {1U, 16U, 32U, 70U, 140U}) {
    EXPECT_TRUE(
        uncorrelated(std::span(base).first(n - distance), std::span(base).subspan(distance)))
        << distance;
  }
  EXPECT_TRUE(uncorrelated(base, changes_of(xbar, config, 0, 3, 10)));
  EXPECT_EQ(base, changes_of(xbar, config, 0, 3, 9)) << "the same step draws the same noise";
  config.layer = 1;
  Crossbar next_layer(backend(), config);
  EXPECT_TRUE(uncorrelated(base, changes_of(next_layer, config, 0, 3, 9)));
  config.layer = 0;
  config.seeds = {2};
  Crossbar next_seed(backend(), config);
  EXPECT_TRUE(uncorrelated(base, changes_of(next_seed, config, 0, 3, 9)));
  // Planes: the same digit in slices 0 and 1.
  changes_of(xbar, config, 0, 0x33, 9);
  auto const codes = xbar.codes();
  std::vector<double> first;
  std::vector<double> second;
  for (int i = 0; i < config.rows; ++i) {
    first.push_back(codes[static_cast<std::size_t>(xbar.shape().index(0, 0, 0, i, 5))]);
    second.push_back(codes[static_cast<std::size_t>(xbar.shape().index(0, 0, 1, i, 5))]);
  }
  EXPECT_TRUE(uncorrelated(first, second));
}

/// Stochastic rounding has no bias beyond its 8-bit dither; rounding to nearest is exact to half a
/// code.
TEST_P(UpdateNoiseLaw, StochasticRoundingIsUnbiased) {
  CrossbarConfig config = crossbar_of(96, 70);
  config.slicing = {.weight_bits = 16, .cell_bits_lsb_first = {6, 6, 6, 6}};
  Exponential::Params params;
  params.alpha_up = 1.7;
  params.alpha_down = 0.9;
  config.devices[0].law = params;
  Crossbar xbar(backend(), config);
  for (int const steps : {1, 3, 6, -2, -5}) {
    NonlinearModel const model{1.7, 0.9, 6};
    double const exact =
        model.moved(nominal_traits(64512.0F), 32768.0, std::abs(steps), steps > 0) - 32768.0;
    auto const changes = changes_of(xbar, config, 0, steps, 3);
    for (double const change : changes) ASSERT_LT(std::abs(change - exact), 1.05);
    double const fraction = exact - std::floor(exact);
    double const deviation = std::sqrt(fraction * (1 - fraction));
    double const limit = two_sided_limit(false_alarm_rate) * deviation / std::sqrt(changes.size());
    // 1/256: the dither's step; 0.02: float32 work.
    EXPECT_NEAR(mean_of(changes), exact, limit + 1.0 / 256 + 0.02) << steps;
    EXPECT_GT(variance_of(changes), 0.0) << "the chosen steps do not round";
  }
}

}  // namespace
}  // namespace panther::test
