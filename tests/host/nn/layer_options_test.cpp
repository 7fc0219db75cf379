// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Options of single layers and of epochs on emulated devices: learning-rate factor, divided sums,
// black-and-white reads, drawn examples.

#include <gtest/gtest.h>

#include <cmath>

#include "host/nn/baseline.hpp"
#include "tests/host/nn/courses.hpp"

namespace panther::test {
namespace {

/// Ideal devices with bits to spare, variant V1.
RunConfig exact_course() {
  RunConfig config;
  config.network.layers = dense_layers({8}, 3, Activation::sigmoid);
  config.training.learning_rate = 0.1;
  config.slicing.weight_bits = 32;
  config.slicing.cell_bits_lsb_first.assign(16, 16);
  config.formats = {.input_frac = 14,
                    .x_frac = 14,
                    .z_frac = 12,
                    .output_frac = 12,
                    .e_frac = 14,
                    .u_frac = 18,
                    .w_frac = 28};
  return config;
}

using Weights = std::vector<std::vector<double>>;

/// Weights of both layers after an epoch of course_data().
Weights trained(RunConfig const& config) {
  auto const backend = plain_backend();
  auto const trainer = single_trainer(config, course_data(), *backend);
  train_epochs(*trainer, 1);
  Weights weights;
  for (DenseLayer const& layer : trainer->layers()) weights.push_back(layer.weights(0));
  return weights;
}

Weights trained_in_float(RunConfig const& config) {
  Baseline baseline(config, course_data(), config.training.seed);
  while (!baseline.epoch_done()) baseline.run_batch();
  StateMap state;
  baseline.archive(StateArchive::saver(state));
  Weights weights;
  for (std::size_t l = 0; l < config.network.layers.size(); ++l) {
    std::vector<float> exact;
    StateArchive::loader(state).vector("baseline/layers/" + std::to_string(l) + "/weights", exact);
    weights.emplace_back();
    for (float const weight : exact) weights.back().push_back(std::ldexp(weight, 28));
  }
  return weights;
}

/// The largest difference of two networks' weights, as weights.
double distance(Weights const& a, Weights const& b) {
  double largest = 0.0;
  for (std::size_t l = 0; l < a.size(); ++l) {
    for (std::size_t k = 0; k < a[l].size(); ++k)
      largest = std::max(largest, std::ldexp(std::abs(a[l][k] - b[l][k]), -28));
  }
  return largest;
}

TEST(LearningRateFactor, IsAFactor) {
  RunConfig halved = exact_course();
  halved.training.learning_rate = 0.2;
  for (LayerConfig& layer : halved.network.layers) layer.learning_rate_factor = 0.5;
  EXPECT_EQ(trained(halved), trained(exact_course()));
}

TEST(LearningRateFactor, IsOfItsLayer) {
  RunConfig frozen = exact_course();
  frozen.training.epochs = 1;
  Weights const before = [&] {
    auto const backend = plain_backend();
    auto const trainer = single_trainer(frozen, course_data(), *backend);
    return Weights{trainer->layers()[0].weights(0), trainer->layers()[1].weights(0)};
  }();
  frozen.network.layers[1].learning_rate_factor = 0.0;
  Weights const after = trained(frozen);
  EXPECT_NE(after[0], before[0]);
  EXPECT_EQ(after[1], before[1]);
}

/// One option, alone.
struct Option {
  std::string name;
  void (*set)(RunConfig& config);
};

class Options : public ::testing::TestWithParam<Option> {};

TEST_P(Options, OfTheDevicesAreThoseOfTheFloatNetwork) {
  RunConfig config = exact_course();
  Weights const without = trained(config);
  GetParam().set(config);
  Weights const with = trained(config);
  // 37 updates of lr |e| |x| <= 0.1, with e and x known to 2^-12 at worst and passed on through
  // two layers; measured below 2e-4.
  EXPECT_LT(distance(with, trained_in_float(config)), 1e-3);
  EXPECT_GT(distance(with, without), 1e-2) << "the option does nothing";
}

INSTANTIATE_TEST_SUITE_P(
    Each, Options,
    ::testing::Values(
        Option{"rate", [](RunConfig& c) { c.training.learning_rate = 0.05; }},
        Option{"forward_shift", [](RunConfig& c) { c.network.layers[0].forward_shift = 1; }},
        Option{"read_threshold", [](RunConfig& c) { c.network.layers[1].read_threshold = 0.5; }},
        Option{"grid",
               [](RunConfig& c) {
                 c.network.init = {.kind = WeightInit::grid, .limit = 0.75, .values = 7};
               }},
        Option{"epoch_examples", [](RunConfig& c) { c.training.epoch_examples = 60; }},
        Option{"batch_digits",
               [](RunConfig& c) {
                 c.update.method = UpdateMethod::batch_digits;
                 c.training.batch = 4;
                 c.network.layers[0].learning_rate_factor = 3.0;
                 c.network.layers[1].read_threshold = 0.4;
               }}),
    [](auto const& test) { return test.param.name; });

TEST(EpochExamples, CountAsAnEpoch) {
  RunConfig config = exact_course();
  config.training.batch = 7;
  config.training.epoch_examples = 60;
  auto const backend = plain_backend();
  auto const trainer = single_trainer(config, course_data(), *backend);
  EXPECT_EQ(trainer->batches_per_epoch(), 9);
  train_epochs(*trainer, 2);
  EXPECT_EQ(trainer->examples(), 120U);
}

}  // namespace
}  // namespace panther::test
