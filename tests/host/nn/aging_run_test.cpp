// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Time and programming errors in whole runs: passes fall due as the configuration says, tests see
// the devices that they should and change nothing, and what time destroys shows in the accuracy.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/host/nn/courses.hpp"

namespace panther::test {
namespace {

/// Weights that training does not move.
RunConfig still_run() {
  RunConfig config;
  config.network.layers = dense_layers({20}, 3);
  config.training.batch = 5;
  config.training.learning_rate = 0.0;
  config.crs.policy = CarryPolicy::never;
  return config;
}

std::vector<double> first_weights(Trainer const& trainer) {
  return trainer.layers().front().weights(0);
}

/// The slope of a line through the origin from `before` to `after`.
double shrinkage(std::vector<double> const& before, std::vector<double> const& after) {
  double product = 0.0;
  double square = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    product += before[i] * after[i];
    square += before[i] * before[i];
  }
  return product / square;
}

TEST(AgingRun, WeightsDecayByTheClock) {
  auto const backend = plain_backend();
  for (auto const& [unit, name] : EnumNames<AgeUnit>::values) {
    RunConfig config = still_run();
    config.device.retention.every = 1;
    config.device.retention.unit = unit;
    config.device.retention.seconds_per_example = 2.0;
    config.device.retention.lifetime_s = 100.0;
    auto const trainer = single_trainer(config, course_data(), *backend);
    auto const before = first_weights(*trainer);
    train_epochs(*trainer, 1);  // 37 examples, whatever the size of the last batch
    EXPECT_NEAR(shrinkage(before, first_weights(*trainer)), std::exp(-0.74), 0.002) << name;
  }
}

TEST(AgingRun, PassesFallDueEveryThirdBatch) {
  auto const backend = plain_backend();
  RunConfig config = still_run();
  config.device.retention.every = 3;
  config.device.retention.lifetime_s = 100.0;
  auto const trainer = single_trainer(config, course_data(), *backend);
  auto before = first_weights(*trainer);
  for (int batch = 1; batch <= 6; ++batch) {
    train_batches(*trainer, 1);
    auto const after = first_weights(*trainer);
    EXPECT_EQ(after != before, batch % 3 == 0) << batch;
    before = after;
  }
}

TEST(AgingRun, TestsSeeOtherDevicesAndLeaveTheRunAlone) {
  auto const backend = plain_backend();
  for (Course const& course : courses()) {
    if (!course.config.device.retention.wait_s) continue;
    SCOPED_TRACE(course.name);
    auto const trainer = single_trainer(course.config, course_data(), *backend);
    train_batches(*trainer, 3);
    StateMap const before = state_of(*trainer);
    Score const waited = trainer->evaluate(course_data().test).front();
    EXPECT_EQ(first_difference(before, state_of(*trainer)), "");
    EXPECT_EQ(waited.loss, trainer->evaluate(course_data().test).front().loss);
    RunConfig fresh = course.config;
    fresh.device.retention.wait_s.reset();
    fresh.device.programming.transfer = false;
    auto const other = single_trainer(fresh, course_data(), *backend);
    StateMap copy = before;
    other->archive(StateArchive::loader(copy));
    EXPECT_NE(waited.loss, other->evaluate(course_data().test).front().loss);
  }
}

TEST(AgingRun, CarryResolutionLeavesErrorsOnlyWhereItWrites) {
  auto const backend = plain_backend();
  RunConfig config = still_run();
  config.device.programming.model = ProgrammingModel::custom;
  config.device.programming.coefficients = {0.004};  // a quarter of a level
  auto const trainer = single_trainer(config, course_data(), *backend);
  DenseLayer& layer = trainer->layers().front();
  auto const programmed = layer.codes(0);
  std::size_t whole_levels = 0;
  for (auto const code : programmed) whole_levels += code % 1024 == 0 ? 1U : 0U;
  EXPECT_LT(whole_levels, programmed.size() / 2) << "programming left no errors";
  layer.resolve(1, {});
  auto const resolved = layer.codes(0);
  EXPECT_NE(programmed, resolved);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < resolved.size(); ++i) kept += resolved[i] == programmed[i] ? 1U : 0U;
  EXPECT_GT(kept, resolved.size() / 2) << "cells that hold their digit were written";
}

double accuracy_after(RunConfig const& config) {
  auto const backend = make_cpu_backend({.threads = 1});
  TrainingData const data = synthetic_data(1000, 400);
  auto const trainer = single_trainer(config, data, *backend);
  train_epochs(*trainer, 3);
  return trainer->evaluate(data.test).front().accuracy;
}

RunConfig lesson() {
  RunConfig config;
  config.network.layers = dense_layers({16}, 10);
  config.training.learning_rate = 0.05;
  config.crs.every = 16;
  return config;
}

TEST(AgingRun, TrainingKeepsUpWithSlowDecayAndNotWithFast) {
  RunConfig config = lesson();
  config.device.retention.every = 10;
  config.device.retention.lifetime_s = 30000.0;
  EXPECT_GT(accuracy_after(config), 0.6);
  config.device.retention.lifetime_s = 100.0;
  EXPECT_LT(accuracy_after(config), 0.5);
}

TEST(AgingRun, AccuracyFallsWithTheWait) {
  RunConfig config = lesson();
  config.slicing.encoding = Encoding::differential;
  double const fresh = accuracy_after(config);
  config.device.on_off_ratio = 100.0;
  config.device.retention.loss_per_decade = 0.1;
  config.device.retention.wait_s = 0.0;
  EXPECT_EQ(accuracy_after(config), fresh);
  config.device.retention.wait_s = 1e7;
  EXPECT_LT(accuracy_after(config), fresh - 0.2);
}

}  // namespace
}  // namespace panther::test
