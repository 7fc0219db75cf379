// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// What a trainer keeps for each device: 2 bytes of state, and what stored variation adds.

#include <gtest/gtest.h>

#include <map>

#include "tests/host/nn/counting_backend.hpp"
#include "tests/host/nn/courses.hpp"

namespace panther::test {
namespace {

/// Columns fill whole vectors, so that no device is padding.
RunConfig sized(int units) {
  RunConfig config;
  config.network.layers = dense_layers({units}, 10);
  config.device = rough_device();
  return config;
}

struct Size {
  double bytes;
  double devices;
};

Size size_of(RunConfig const& config, int replicas, TrainerOptions const& options) {
  CountingBackend backend(plain_backend());
  std::vector<Replica> const copies(static_cast<std::size_t>(replicas), {1, config.device});
  Trainer const trainer(config, synthetic_data(50, 10), backend, copies, options);
  double devices = 0;
  for (DenseLayer const& layer : trainer.layers())
    devices += static_cast<double>(layer.shape().devices());
  return {static_cast<double>(backend.bytes()), devices};
}

/// Bytes that each further device takes when a network grows: fixed overhead drops out.
double bytes_per_device(RunConfig const& small, RunConfig const& large,
                        TrainerOptions const& options) {
  Size const a = size_of(small, 1, options);
  Size const b = size_of(large, 1, options);
  return (b.bytes - a.bytes) / (b.devices - a.devices);
}

class Memory : public ::testing::TestWithParam<CrossbarVariant> {};

TEST_P(Memory, IsAtMostTwoAndAHalfBytesADevice) {
  RunConfig small = sized(32);
  RunConfig large = sized(96);
  small.crossbar.variant = large.crossbar.variant = GetParam();
  TrainerOptions const regenerated{.store_variation = false, .evaluation_batch = 1};
  double const bytes = bytes_per_device(small, large, regenerated);
  RecordProperty("bytes_per_device", std::to_string(bytes));
  EXPECT_GE(bytes, 2.0);
  EXPECT_LE(bytes, 2.5);
}

TEST_P(Memory, StoredVariationAddsAByteForEachVariedProperty) {
  RunConfig small = sized(32);
  RunConfig large = sized(96);
  small.crossbar.variant = large.crossbar.variant = GetParam();
  TrainerOptions const stored{.store_variation = true, .evaluation_batch = 1};
  TrainerOptions const regenerated{.store_variation = false, .evaluation_batch = 1};
  double const added =
      bytes_per_device(small, large, stored) - bytes_per_device(small, large, regenerated);
  EXPECT_NEAR(added, stored_trait_bytes({.slope = true, .bend = true, .bounds = true}), 1e-9);
}

TEST_P(Memory, AHiddenStateAddsTwoBytes) {
  RunConfig small = sized(32);
  RunConfig large = sized(96);
  small.crossbar.variant = large.crossbar.variant = GetParam();
  TrainerOptions const options{.store_variation = false, .evaluation_batch = 1};
  double const open = bytes_per_device(small, large, options);
  small.device.write_noise.hidden_std = large.device.write_noise.hidden_std = 0.1;
  EXPECT_NEAR(bytes_per_device(small, large, options) - open, 2.0, 1e-9);
}

TEST_P(Memory, ALawThatCountsPulsesAddsTwoBytes) {
  RunConfig small = sized(32);
  RunConfig large = sized(96);
  small.crossbar.variant = large.crossbar.variant = GetParam();
  TrainerOptions const options{.store_variation = false, .evaluation_batch = 1};
  double const open = bytes_per_device(small, large, options);
  small.device.law = large.device.law = HiddenStep::Params{};
  EXPECT_NEAR(bytes_per_device(small, large, options) - open, 2.0, 1e-9);
}

TEST_P(Memory, ReadsBehindWiresAddTwoBytesADirectionAndSixIfTheyFollow) {
  RunConfig config = sized(32);
  config.crossbar.variant = GetParam();
  TrainerOptions const options{.store_variation = false, .evaluation_batch = 1};
  double const ideal = size_of(config, 1, options).bytes;
  config.read.wires.model = WireModel::exact;
  double const looking = size_of(config, 1, options).bytes;
  config.read.wires.refresh_every = 2;
  double const following = size_of(config, 1, options).bytes;
  // The first layer is read in one direction. A few bytes more are a replica's window.
  double const devices = size_of(config, 1, options).devices;
  double const backwards = devices * 33 / (33 + 145);
  EXPECT_NEAR(looking - ideal, 2.0 * (devices + backwards), 64.0);
  EXPECT_EQ(following - looking, 4.0 * (devices + backwards));
}

TEST_P(Memory, IsTheSameForEveryReplica) {
  RunConfig config = sized(32);
  config.crossbar.variant = GetParam();
  TrainerOptions const options{.store_variation = false, .evaluation_batch = 1};
  double const one = size_of(config, 1, options).bytes;
  double const two = size_of(config, 2, options).bytes;
  double const three = size_of(config, 3, options).bytes;
  EXPECT_EQ(three - two, two - one);
}

INSTANTIATE_TEST_SUITE_P(Variants, Memory,
                         ::testing::Values(CrossbarVariant::v1, CrossbarVariant::v2,
                                           CrossbarVariant::v3),
                         [](auto const& test) { return std::string(enum_name(test.param)); });

TEST(Memory, TrainingAllocatesNothingLasting) {
  CountingBackend backend(plain_backend());
  for (Course const& course : courses()) {
    auto const trainer = single_trainer(course.config, course_data(), backend);
    train_epochs(*trainer, 1);
    trainer->evaluate(course_data().test);
    std::size_t const before = backend.bytes();
    train_epochs(*trainer, 1);
    trainer->evaluate(course_data().test);
    EXPECT_EQ(backend.bytes(), before) << course.name;
  }
  EXPECT_EQ(backend.bytes(), 0U) << "something was not released";
}

}  // namespace
}  // namespace panther::test
