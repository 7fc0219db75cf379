// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Replica r of a batch of replicas equals the same run made alone, bit for bit, though the others
// have other seeds and devices.

#include <gtest/gtest.h>

#include <cstring>

#include "tests/host/nn/courses.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

/// Of the same law.
LawParams other_parameters(LawParams const& law) {
  if (auto const* const stairs = std::get_if<HiddenStep::Params>(&law)) {
    HiddenStep::Params other = *stairs;
    other.hidden_states = 5.0;
    other.hidden_dtod = 0.1;
    return other;
  }
  Exponential::Params other;
  other.label_up = 2.4;
  other.label_down = -4.88;
  return other;
}

std::vector<Replica> unlike_replicas(DeviceConfig const& device) {
  std::vector<Replica> replicas(4, Replica{1, device});
  for (std::size_t r = 0; r < replicas.size(); ++r) replicas[r].seed = 100 + 7 * r;
  // The second has exact devices, so that the batch has what this replica alone has not.
  replicas[1].device.spread = Spread{};
  replicas[1].device.stuck = StuckCells{};
  replicas[1].device.read_noise = ReadNoise{};
  replicas[1].device.write_noise.sigma = 0.0;
  replicas[2].device.law = other_parameters(device.law);
  replicas[2].device.on_off_ratio = 3.0;
  replicas[3].device.spread.slope = 0.5;
  replicas[3].device.read_noise.relative = 0.2;
  return replicas;
}

bool equal(Score const& a, Score const& b) { return a.loss == b.loss && a.accuracy == b.accuracy; }

template <class Counters>
bool same_counts(Counters const& a, Counters const& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

void expect_same_activity(std::vector<LayerActivity> const& together,
                          std::vector<LayerActivity> const& alone) {
  ASSERT_EQ(together.size(), alone.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(together[i].carries, alone[i].carries);
    EXPECT_TRUE(same_counts(together[i].layer, alone[i].layer));
    ASSERT_EQ(together[i].slices.size(), alone[i].slices.size());
    for (std::size_t s = 0; s < alone[i].slices.size(); ++s)
      EXPECT_TRUE(same_counts(together[i].slices[s], alone[i].slices[s])) << "slice " << s;
  }
}

void expect_replica(Trainer& together, int replica, Trainer& alone) {
  ASSERT_EQ(together.layers().size(), alone.layers().size());
  for (std::size_t i = 0; i < alone.layers().size(); ++i) {
    for (int set = 0; set < alone.layers()[i].shape().sets; ++set) {
      EXPECT_EQ(together.layers()[i].codes(replica, set), alone.layers()[i].codes(0, set))
          << "layer " << i << ", set " << set;
    }
  }
  expect_same_activity(together.activity(replica), alone.activity(0));
  auto const r = static_cast<std::size_t>(replica);
  EXPECT_TRUE(equal(together.training_scores()[r], alone.training_scores()[0]));
  EXPECT_TRUE(equal(together.training_scores(2)[r], alone.training_scores(2)[0]));
  EXPECT_TRUE(
      equal(together.evaluate(course_data().test)[r], alone.evaluate(course_data().test)[0]));
}

class Replicas : public OnBackend {};

// With less effort one replica a course, in turn.
TEST_P(Replicas, EqualTheSameRunAlone) {
  constexpr int batches = 11;  // an epoch of 8 and then some
  std::size_t next = 0;
  for (Course const& course : courses()) {
    std::vector<Replica> const replicas = unlike_replicas(course.config.device);
    Trainer together(course.config, course_data(), backend(), replicas, {});
    train_batches(together, batches);
    for (int checked = 0; checked < trials(static_cast<int>(replicas.size())); ++checked, ++next) {
      std::size_t const r = next % replicas.size();
      SCOPED_TRACE(course.name + ", replica " + std::to_string(r));
      Trainer alone(course.config, course_data(), backend(), {replicas[r]}, {});
      train_batches(alone, batches);
      expect_replica(together, static_cast<int>(r), alone);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, Replicas, every_backend(), backend_label);

TEST(ReplicaCheck, RefusesNoneAndUnlikeLaws) {
  auto const backend = plain_backend();
  RunConfig const config = courses().front().config;
  EXPECT_THROW(Trainer(config, course_data(), *backend, {}, {}), std::invalid_argument);
  std::vector<Replica> replicas(2, Replica{1, config.device});
  replicas[1].device.law = Ideal::Params{};
  EXPECT_THROW(Trainer(config, course_data(), *backend, replicas, {}), std::invalid_argument);
  replicas[1].device = config.device;
  replicas[1].device.write_noise.kind = WriteNoiseKind::inverse;
  EXPECT_THROW(Trainer(config, course_data(), *backend, replicas, {}), std::invalid_argument);
}

}  // namespace
}  // namespace panther::test
