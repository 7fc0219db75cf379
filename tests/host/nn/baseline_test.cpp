// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The float32 baseline against an independent network in double.

#include "host/nn/baseline.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/nn/initial_weights.hpp"
#include "tests/host/nn/courses.hpp"
#include "tests/host/nn/float_network.hpp"

namespace panther::test {
namespace {

StateMap state_of(Baseline& baseline) {
  StateMap state;
  baseline.archive(StateArchive::saver(state));
  return state;
}

std::vector<float> weights_of(Baseline& baseline, std::size_t layer) {
  StateMap state = state_of(baseline);
  std::vector<float> weights;
  StateArchive::loader(state).vector("baseline/layers/" + std::to_string(layer) + "/weights",
                                     weights);
  return weights;
}

FloatNetwork initial_network(RunConfig const& config, TrainingData const& data) {
  std::vector<std::vector<float>> weights;
  for (DenseSpec const& spec : layer_specs(config, data.pixels, data.classes, 1)) {
    weights.push_back(initial_weights(config.network.init, config.training.seed, spec.index,
                                      spec.inputs, spec.rows(), spec.units));
  }
  return {config, data.pixels, weights};
}

std::span<std::uint8_t const> image_of(TrainingData const& data, ImageSet const& set,
                                       std::size_t index) {
  auto const pixels = static_cast<std::size_t>(data.pixels);
  return set.images.subspan(index * pixels, pixels);
}

/// One epoch as a user would write it: batches of the epoch's order.
void train_epoch(FloatNetwork& network, RunConfig const& config, TrainingData const& data,
                 int epoch) {
  auto const order = epoch_order(config.training, config.training.seed, epoch, data.train.size());
  bool const one_by_one = config.crossbar.variant == CrossbarVariant::v1 &&
                          config.update.method != UpdateMethod::batch_digits;
  auto const batch = static_cast<std::size_t>(one_by_one ? 1 : config.training.batch);
  for (std::size_t first = 0; first < order.size(); first += batch) {
    std::vector<FloatPass> passes;
    for (std::size_t n = first; n < std::min(first + batch, order.size()); ++n) {
      auto const index = static_cast<std::size_t>(order[n]);
      passes.push_back(network.pass(image_of(data, data.train, index), data.train.labels[index]));
    }
    network.update(passes, learning_rate_of(config.training, epoch));
  }
}

struct Score2 {
  double loss = 0.0;
  double accuracy = 0.0;
};

Score2 evaluate(FloatNetwork const& network, TrainingData const& data) {
  Score2 score;
  for (std::size_t n = 0; n < data.test.labels.size(); ++n) {
    FloatPass const pass = network.pass(image_of(data, data.test, n), data.test.labels[n]);
    score.loss += pass.loss;
    auto const best = std::max_element(pass.output.begin(), pass.output.end());
    score.accuracy += best - pass.output.begin() == data.test.labels[n] ? 1.0 : 0.0;
  }
  auto const count = static_cast<double>(data.test.size());
  return {score.loss / count, score.accuracy / count};
}

void run_epochs(Baseline& baseline, int epochs) {
  for (int epoch = 0; epoch < epochs; ++epoch) {
    while (!baseline.epoch_done()) baseline.run_batch();
    baseline.finish_epoch();
  }
}

class BaselineOf : public ::testing::TestWithParam<Course> {};

TEST_P(BaselineOf, FollowsTheNetworkInDouble) {
  RunConfig const& config = GetParam().config;
  TrainingData const data = course_data();
  Baseline baseline(config, data, config.training.seed);
  FloatNetwork network = initial_network(config, data);
  for (int epoch = 0; epoch < 2; ++epoch) {
    run_epochs(baseline, 1);
    train_epoch(network, config, data, epoch);
  }
  // 74 updates, each a rounding of 2^-24 of a weight below 2 and of a sum of 14 terms, pass on
  // through the later examples; adam divides by a root of squares, which doubles the relative
  // error. Measured: below 2e-6, adam 2e-5.
  double const tolerance = config.training.optimizer == Optimizer::adam ? 2e-4 : 2e-5;
  for (std::size_t l = 0; l < network.layers().size(); ++l) {
    std::vector<float> const weights = weights_of(baseline, l);
    ASSERT_EQ(weights.size(), network.layers()[l].weights.size());
    for (std::size_t k = 0; k < weights.size(); ++k)
      EXPECT_NEAR(static_cast<double>(weights[k]), network.layers()[l].weights[k], tolerance)
          << "layer " << l << ", weight " << k;
  }
  Score const score = baseline.evaluate(data.test);
  Score2 const expected = evaluate(network, data);
  EXPECT_NEAR(score.loss, expected.loss, 10 * tolerance);
  EXPECT_NEAR(score.accuracy, expected.accuracy, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Courses, BaselineOf, ::testing::ValuesIn(courses()), course_label);

TEST(Baseline, RepeatsAndRestores) {
  for (Course const& course : courses()) {
    SCOPED_TRACE(course.name);
    Baseline once(course.config, course_data(), course.config.training.seed);
    for (int batch = 0; batch < 3; ++batch) once.run_batch();
    StateMap middle = state_of(once);
    Baseline again(course.config, course_data(), course.config.training.seed);
    again.archive(StateArchive::loader(middle));
    while (!once.epoch_done()) once.run_batch();
    while (!again.epoch_done()) again.run_batch();
    EXPECT_EQ(first_difference(state_of(once), state_of(again)), "");
  }
}

TEST(Baseline, LearnsTheSyntheticGlyphs) {
  RunConfig config;
  config.network.layers = dense_layers({24}, 10);
  config.training.learning_rate = 0.05;
  Baseline baseline(config, synthetic_data(3000, 500), 1);
  run_epochs(baseline, 3);
  EXPECT_GT(baseline.evaluate(synthetic_data(3000, 500).test).accuracy, 0.85);
}

}  // namespace
}  // namespace panther::test
