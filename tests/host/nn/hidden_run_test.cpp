// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Devices of a second state in whole runs. What reads see of those that hide their state is noisy
// from the first write on, stays while nothing touches the devices, and is drawn anew when time or
// training does. Those that count pulses start from none whenever they are programmed.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/host/nn/courses.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

constexpr double hidden_std = 0.01;

/// A device of 16 bits a weight, whose window holds 65535 weight LSBs.
RunConfig run_of(double learning_rate, double hidden) {
  RunConfig config;
  config.network.layers = dense_layers({40}, 3);
  config.slicing.cell_bits_lsb_first = {16};
  config.training.batch = 5;
  config.training.learning_rate = learning_rate;
  config.crs.policy = CarryPolicy::never;
  config.device.write_noise.hidden_std = hidden;
  return config;
}

std::vector<double> seen(Trainer const& trainer) { return trainer.layers().front().weights(0); }

std::vector<double> noise_between(std::vector<double> const& a, std::vector<double> const& b) {
  std::vector<double> noise;
  for (std::size_t i = 0; i < a.size(); ++i) {
    noise.push_back((a[i] - b[i]) / (hidden_std * 65535.0));
  }
  return noise;
}

TEST(HiddenRun, InitialWeightsAreSeenWithNoise) {
  auto const backend = plain_backend();
  auto const hiding = single_trainer(run_of(0.0, hidden_std), course_data(), *backend);
  auto const open = single_trainer(run_of(0.0, 0.0), course_data(), *backend);
  EXPECT_TRUE(distributed_as(noise_between(seen(*hiding), seen(*open)), normal_cdf));
}

TEST(HiddenRun, WhatNothingTouchesStays) {
  auto const backend = plain_backend();
  auto const trainer = single_trainer(run_of(0.0, hidden_std), course_data(), *backend);
  auto const before = seen(*trainer);
  train_epochs(*trainer, 1);
  EXPECT_EQ(seen(*trainer), before);
}

TEST(HiddenRun, TimeDrawsAnew) {
  auto const backend = plain_backend();
  RunConfig config = run_of(0.0, hidden_std);
  config.device.retention.every = 1;
  config.device.retention.lifetime_s = 1e12;
  auto const trainer = single_trainer(config, course_data(), *backend);
  auto const before = seen(*trainer);
  train_epochs(*trainer, 1);
  std::vector<double> noise = noise_between(seen(*trainer), before);
  for (double& each : noise) each /= std::sqrt(2.0);
  EXPECT_TRUE(distributed_as(noise, normal_cdf));
}

/// Whether a device of the first layer has counted pulses since its last step.
bool has_progress(Trainer& trainer) {
  auto const progress = state_of(trainer).at("layers/0/progress");
  return std::ranges::any_of(progress, [](std::byte byte) { return byte != std::byte{0}; });
}

TEST(CountingRun, ProgrammedDevicesHaveCountedNothing) {
  auto const backend = plain_backend();
  RunConfig config = run_of(0.05, 0.0);
  config.device.law = HiddenStep::Params{};
  auto const trainer = single_trainer(config, course_data(), *backend);
  EXPECT_FALSE(has_progress(*trainer));
  DenseLayer& layer = trainer->layers().front();
  auto const devices = static_cast<std::size_t>(layer.shape().rows * layer.shape().cols);
  train_batches(*trainer, 3);
  EXPECT_TRUE(has_progress(*trainer));
  std::vector<std::int32_t> weights(devices);
  for (std::size_t i = 0; i < devices; ++i)
    weights[i] = static_cast<std::int32_t>(i % 101) * 40 - 2000;
  layer.program({*backend, weights});
  EXPECT_FALSE(has_progress(*trainer));
  train_batches(*trainer, 3);
  EXPECT_TRUE(has_progress(*trainer));
  layer.load_codes(std::vector<std::int16_t>(devices));
  EXPECT_FALSE(has_progress(*trainer));
}

}  // namespace
}  // namespace panther::test
