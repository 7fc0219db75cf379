// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// A run saved and restored between any two batches ends like one that was not.

#include <gtest/gtest.h>

#include "tests/host/nn/courses.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

/// States after every batch of an epoch of 8 and the start of the next.
std::vector<StateMap> states_on_the_way(RunConfig const& config, Backend& backend) {
  auto const trainer = single_trainer(config, course_data(), backend);
  std::vector<StateMap> states{state_of(*trainer)};
  while (states.size() <= 10) {
    train_batches(*trainer, 1);
    states.push_back(state_of(*trainer));
  }
  return states;
}

class Restore : public OnBackend {};

// With less effort from a part of the batches, others in each course.
TEST_P(Restore, ContinuesFromEveryBatch) {
  std::size_t next = 0;
  for (Course const& course : courses()) {
    std::vector<StateMap> states = states_on_the_way(course.config, backend());
    for (int checked = 0; checked < trials(static_cast<int>(states.size())); ++checked, ++next) {
      std::size_t const start = next % states.size();
      SCOPED_TRACE(course.name + ", from batch " + std::to_string(start));
      auto const trainer = single_trainer(course.config, course_data(), backend());
      trainer->archive(StateArchive::loader(states[start]));
      train_batches(*trainer, static_cast<std::int64_t>(states.size() - 1 - start));
      EXPECT_EQ(first_difference(states.back(), state_of(*trainer)), "");
    }
  }
}

TEST_P(Restore, ATrainerThatHasMovedOnGoesBack) {
  for (Course const& course : courses()) {
    SCOPED_TRACE(course.name);
    auto const trainer = single_trainer(course.config, course_data(), backend());
    train_batches(*trainer, 3);
    StateMap early = state_of(*trainer);
    train_batches(*trainer, 9);
    StateMap const late = state_of(*trainer);
    trainer->archive(StateArchive::loader(early));
    EXPECT_EQ(first_difference(early, state_of(*trainer)), "");
    train_batches(*trainer, 9);
    EXPECT_EQ(first_difference(late, state_of(*trainer)), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, Restore, every_backend(), backend_label);

TEST(RestoreCheck, RefusesAStateOfAnotherShape) {
  auto const backend = plain_backend();
  RunConfig config = courses().front().config;
  StateMap state = state_of(*single_trainer(config, course_data(), *backend));
  config.network.layers = dense_layers({40}, 3);
  auto const wider = single_trainer(config, course_data(), *backend);
  try {
    wider->archive(StateArchive::loader(state));
    FAIL() << "a state of fewer devices was accepted";
  } catch (std::runtime_error const& error) {
    EXPECT_NE(std::string(error.what()).find("layers/0/codes"), std::string::npos) << error.what();
  }
}

TEST(RestoreCheck, NamesWhatIsMissing) {
  auto const backend = plain_backend();
  auto const trainer = single_trainer(courses().front().config, course_data(), *backend);
  StateMap state = state_of(*trainer);
  state.erase("layers/1/slice_counters");
  try {
    trainer->archive(StateArchive::loader(state));
    FAIL() << "an incomplete state was accepted";
  } catch (std::runtime_error const& error) {
    EXPECT_NE(std::string(error.what()).find("layers/1/slice_counters"), std::string::npos);
  }
}

}  // namespace
}  // namespace panther::test
