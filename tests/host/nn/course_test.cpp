// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Same seed, same bits: on every backend, for any number of threads, with variation stored or
// regenerated, whatever is evaluated in between.

#include <gtest/gtest.h>

#include "tests/host/nn/courses.hpp"
#include "tests/support/backends.hpp"

namespace panther::test {
namespace {

/// After six batches: 30 examples, a learning rate, five carry resolutions.
StateMap end_of(RunConfig const& config, TrainingData const& data, Backend& backend,
                TrainerOptions const& options = {}) {
  auto const trainer = single_trainer(config, data, backend, options);
  train_batches(*trainer, 6);
  return state_of(*trainer);
}

/// What every course gives on the plain backend.
std::vector<StateMap> const& expected_ends() {
  static std::vector<StateMap> const ends = [] {
    std::vector<StateMap> all;
    auto const plain = plain_backend();
    for (Course const& course : courses())
      all.push_back(end_of(course.config, course_data(), *plain));
    return all;
  }();
  return ends;
}

class SameCourse : public ::testing::TestWithParam<std::string> {};

TEST_P(SameCourse, AnyNumberOfThreads) {
  for (int const threads : {1, 2, 3}) {
    auto const [backend, reason] = open_backend(GetParam(), threads);
    if (backend == nullptr) GTEST_SKIP() << reason;
    for (std::size_t i = 0; i < courses().size(); ++i) {
      Course const& course = courses()[i];
      SCOPED_TRACE(course.name + ", threads " + std::to_string(threads));
      StateMap const end = end_of(course.config, course_data(), *backend);
      EXPECT_EQ(first_difference(expected_ends()[i], end), "");
    }
  }
}

TEST_P(SameCourse, WideLayersThatThreadsShare) {
  RunConfig config = courses().front().config;
  config.network.layers = dense_layers({65, 33}, 10);
  config.crossbar.variant = CrossbarVariant::v2;
  config.crossbar.block_lines = 50;
  TrainingData const data = synthetic_data(9, 5);
  auto const plain = plain_backend();
  StateMap const expected = end_of(config, data, *plain);
  for (int const threads : {1, 2, 3}) {
    auto const [backend, reason] = open_backend(GetParam(), threads);
    if (backend == nullptr) GTEST_SKIP() << reason;
    SCOPED_TRACE("threads " + std::to_string(threads));
    EXPECT_EQ(first_difference(expected, end_of(config, data, *backend)), "");
  }
}

TEST_P(SameCourse, RegeneratedVariation) {
  auto const [backend, reason] = open_backend(GetParam());
  if (backend == nullptr) GTEST_SKIP() << reason;
  for (std::size_t i = 0; i < courses().size(); ++i) {
    SCOPED_TRACE(courses()[i].name);
    TrainerOptions const regenerated{.store_variation = false};
    StateMap const end = end_of(courses()[i].config, course_data(), *backend, regenerated);
    EXPECT_EQ(first_difference(expected_ends()[i], end), "");
  }
}

TEST_P(SameCourse, EvaluationLeavesNoTrace) {
  auto const [backend, reason] = open_backend(GetParam());
  if (backend == nullptr) GTEST_SKIP() << reason;
  for (Course const& course : courses()) {
    SCOPED_TRACE(course.name);
    auto const trainer = single_trainer(course.config, course_data(), *backend);
    for (int batch = 0; batch < 6; ++batch) {
      Score const first = trainer->evaluate(course_data().test).front();
      Score const again = trainer->evaluate(course_data().test).front();
      EXPECT_EQ(first.loss, again.loss);
      train_batches(*trainer, 1);
    }
    auto const undisturbed = single_trainer(course.config, course_data(), *backend);
    train_batches(*undisturbed, 6);
    EXPECT_EQ(first_difference(state_of(*undisturbed), state_of(*trainer)), "");
  }
}

TEST_P(SameCourse, EvaluationInPiecesOfAnySize) {
  auto const [backend, reason] = open_backend(GetParam());
  if (backend == nullptr) GTEST_SKIP() << reason;
  for (Course const& course : courses()) {
    SCOPED_TRACE(course.name);
    std::vector<double> losses;
    for (int const piece : {1, 4, 64}) {
      TrainerOptions const options{.evaluation_batch = piece};
      auto const trainer = single_trainer(course.config, course_data(), *backend, options);
      trainer->calibrate_reads();
      losses.push_back(trainer->evaluate(course_data().test).front().loss);
    }
    EXPECT_EQ(losses[0], losses[1]);
    EXPECT_EQ(losses[0], losses[2]);
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, SameCourse, every_backend(), backend_label);

TEST(Course, EverySeedGivesAnother) {
  auto const backend = plain_backend();
  RunConfig config = courses().front().config;
  StateMap const first = end_of(config, course_data(), *backend);
  ++config.training.seed;
  EXPECT_NE(first_difference(first, end_of(config, course_data(), *backend)), "");
}

TEST(Course, CoversWhatItSaysItCovers) {
  auto const backend = plain_backend();
  bool clips = false;
  bool saturations = false;
  bool carries = false;
  for (Course const& course : courses()) {
    auto const trainer = single_trainer(course.config, course_data(), *backend);
    train_epochs(*trainer, 1);
    std::uint64_t updates = 0;
    for (LayerActivity const& layer : trainer->activity(0)) {
      carries = carries || layer.carries > 0;
      for (SliceCounters const& slice : layer.slices) {
        updates += slice.updates;
        clips = clips || slice.clips > 0;
        saturations = saturations || slice.saturations > 0;
      }
    }
    EXPECT_GT(updates, 0U) << course.name;
  }
  EXPECT_TRUE(clips);
  EXPECT_TRUE(saturations);
  EXPECT_TRUE(carries);
}

}  // namespace
}  // namespace panther::test
