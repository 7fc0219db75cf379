// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Crossbar variants (numerics, section 7): with ideal devices that never saturate, V1, V2 and V3
// give the same weights at batch size 1, V2 and V3 at any batch size.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/host/nn/courses.hpp"
#include "tests/support/backends.hpp"

namespace panther::test {
namespace {

struct Outcome {
  std::vector<std::vector<double>> weights;
  std::uint64_t saturations = 0;
  std::uint64_t updates = 0;
  double loss = 0.0;
};

Outcome run_variant(RunConfig config, CrossbarVariant variant, Backend& backend) {
  config.crossbar.variant = variant;
  auto const trainer = single_trainer(config, course_data(), backend);
  train_epochs(*trainer, 2);
  Outcome outcome;
  for (DenseLayer const& layer : trainer->layers()) outcome.weights.push_back(layer.weights(0));
  for (LayerActivity const& layer : trainer->activity(0)) {
    outcome.saturations += layer.layer.weights_saturated;
    for (SliceCounters const& slice : layer.slices) {
      outcome.saturations += slice.saturations;
      outcome.updates += slice.updates;
    }
  }
  outcome.loss = trainer->evaluate(course_data().test).front().loss;
  return outcome;
}

/// 2-bit digits in 16-bit cells: thousands of updates fit before a carry resolution.
RunConfig roomy_course(int batch, UpdateMethod method) {
  RunConfig config;
  config.network.layers = dense_layers({7}, 3);
  config.training.batch = batch;
  config.training.learning_rate = 0.05;
  config.slicing.cell_bits_lsb_first.assign(8, 16);
  config.formats.w_frac = 11;
  config.crs.policy = CarryPolicy::never;
  config.update.method = method;
  return config;
}

void expect_equal(Outcome const& a, Outcome const& b) {
  EXPECT_EQ(a.saturations, 0U);
  EXPECT_EQ(b.saturations, 0U);
  EXPECT_GT(a.updates, 0U);
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_EQ(a.loss, b.loss);
}

class Variants : public OnBackend {};

TEST_P(Variants, AgreeAtBatchSizeOne) {
  for (auto const& [method, name] : EnumNames<UpdateMethod>::values) {
    SCOPED_TRACE(name);
    RunConfig const config = roomy_course(1, method);
    Outcome const v1 = run_variant(config, CrossbarVariant::v1, backend());
    expect_equal(v1, run_variant(config, CrossbarVariant::v2, backend()));
    expect_equal(v1, run_variant(config, CrossbarVariant::v3, backend()));
  }
}

TEST_P(Variants, TwoAndThreeAgreeAtAnyBatchSize) {
  for (auto const& [method, name] : EnumNames<UpdateMethod>::values) {
    for (int const batch : {2, 5, 37, 100}) {
      SCOPED_TRACE(std::string(name) + ", batch " + std::to_string(batch));
      RunConfig const config = roomy_course(batch, method);
      expect_equal(run_variant(config, CrossbarVariant::v2, backend()),
                   run_variant(config, CrossbarVariant::v3, backend()));
    }
  }
}

TEST_P(Variants, CarriesDoNotChangeIdealWeights) {
  for (auto const& [variant, name] : EnumNames<CrossbarVariant>::values) {
    SCOPED_TRACE(name);
    RunConfig config = roomy_course(4, UpdateMethod::opa_streamed);
    Outcome const never = run_variant(config, variant, backend());
    config.crs.policy = CarryPolicy::period;
    config.crs.every = 3;
    expect_equal(never, run_variant(config, variant, backend()));
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, Variants, every_backend(), backend_label);

TEST(VariantSets, ForwardAndBackwardSetsStayEqualOnIdealDevices) {
  auto const backend = plain_backend();
  for (CrossbarVariant const variant : {CrossbarVariant::v2, CrossbarVariant::v3}) {
    RunConfig config = roomy_course(5, UpdateMethod::opa_streamed);
    config.slicing.cell_bits_lsb_first.assign(8, 6);
    config.formats.w_frac = 14;
    config.crossbar.variant = variant;
    auto const trainer = single_trainer(config, course_data(), *backend);
    train_epochs(*trainer, 1);
    for (DenseLayer const& layer : trainer->layers()) {
      EXPECT_EQ(layer.codes(0, 0), layer.codes(0, 1));
      if (variant == CrossbarVariant::v2) continue;
      std::vector<std::int16_t> const collected = layer.codes(0, 2);
      EXPECT_TRUE(std::all_of(collected.begin(), collected.end(), [](int c) { return c == 0; }));
    }
  }
}

TEST(VariantCarries, AreCountedOncePerResolution) {
  auto const backend = plain_backend();
  RunConfig config = roomy_course(4, UpdateMethod::opa_streamed);
  config.crs.policy = CarryPolicy::period;
  config.crs.every = 10;
  auto const trainer = single_trainer(config, course_data(), *backend);
  train_epochs(*trainer, 2);  // 74 examples
  EXPECT_EQ(trainer->activity(0).front().carries, 7U);
  config.crs.unit = CarryUnit::batches;
  auto const in_batches = single_trainer(config, course_data(), *backend);
  train_epochs(*in_batches, 2);  // 20 batches
  EXPECT_EQ(in_batches->activity(0).front().carries, 2U);
}

}  // namespace
}  // namespace panther::test
