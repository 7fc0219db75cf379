// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Devices that hide their state in whole runs: what reads see is noisy from the first write on,
// stays while nothing touches the devices, and is drawn anew when time or training does.

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace panther::test
