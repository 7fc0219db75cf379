// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Carry resolution when saturation passes a threshold (crs.policy = "adaptive"): every layer of
// every replica is resolved exactly when, at a look, the share of a slice's updates that saturated
// since its last resolution is above the threshold.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/host/nn/courses.hpp"
#include "tests/support/backends.hpp"

namespace panther::test {
namespace {

constexpr int narrow_bits = 4;

/// Cells of four bits, which saturate after a few updates.
RunConfig narrow_course(double threshold) {
  RunConfig config;
  config.network.layers = dense_layers({7}, 3);
  config.training.learning_rate = 0.05;
  config.slicing.cell_bits_lsb_first.assign(8, narrow_bits);
  config.crs.policy = CarryPolicy::adaptive;
  config.crs.threshold = threshold;
  config.crs.every = 4;
  return config;
}

/// A counter's sum over the slices.
std::uint64_t sum_of(LayerActivity const& layer, std::uint64_t SliceCounters::*counter) {
  std::uint64_t sum = 0;
  for (SliceCounters const& slice : layer.slices) sum += slice.*counter;
  return sum;
}

/// What one layer of one replica should do, from its counters alone.
struct Watch {
  std::vector<SliceCounters> at_last_carry;
  std::uint64_t carries = 0;

  void look(std::vector<SliceCounters> const& now, double threshold) {
    at_last_carry.resize(now.size());
    bool due = false;
    for (std::size_t s = 0; s < now.size(); ++s) {
      auto const updates = static_cast<double>(now[s].updates - at_last_carry[s].updates);
      auto const lost = static_cast<double>(now[s].saturations - at_last_carry[s].saturations);
      due = due || lost > threshold * updates;
    }
    if (!due) return;
    ++carries;
    at_last_carry = now;
  }
};

class AdaptiveCarries : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, AdaptiveCarries, every_backend(), backend_label);

/// Trains 60 batches of two replicas and looks at them after every fourth; returns the carries of
/// all layers and replicas.
std::uint64_t expect_carries(RunConfig const& config, Backend& backend) {
  constexpr int batches = 60;
  std::vector<Replica> const replicas{{1, config.device}, {2, config.device}};
  Trainer trainer(config, course_data(), backend, replicas, {});
  std::vector<Watch> watches(4);
  for (int batch = 1; batch <= batches; ++batch) {
    train_batches(trainer, 1);
    for (std::size_t i = 0; i < watches.size(); ++i) {
      LayerActivity const layer = trainer.activity(static_cast<int>(i / 2))[i % 2];
      if (batch % config.crs.every == 0) watches[i].look(layer.slices, config.crs.threshold);
      EXPECT_EQ(layer.carries, watches[i].carries) << "layer " << i % 2 << ", replica " << i / 2;
    }
    if (::testing::Test::HasFailure()) break;
  }
  std::uint64_t carries = 0;
  for (Watch const& watch : watches) carries += watch.carries;
  return carries;
}

TEST_P(AdaptiveCarries, FollowTheShareOfSaturatedUpdates) {
  for (double const threshold : {0.0, 0.2, 0.3, 0.4}) {
    for (CarryUnit const unit : {CarryUnit::examples, CarryUnit::batches}) {
      SCOPED_TRACE("threshold " + std::to_string(threshold) + ", unit " +
                   std::string(enum_name(unit)));
      RunConfig config = narrow_course(threshold);
      config.crs.unit = unit;
      config.training.batch = unit == CarryUnit::examples ? 1 : 3;
      std::uint64_t const carries = expect_carries(config, backend());
      constexpr std::uint64_t looks = 4 * 15;
      EXPECT_GT(carries, 0U);
      EXPECT_LE(carries, threshold < 0.4 ? looks : looks / 2);
    }
  }
}

/// Every saturated share is at most 1, and none is above it.
TEST_P(AdaptiveCarries, NeverComeAtAThresholdOfOne) {
  auto const trainer = single_trainer(narrow_course(1.0), course_data(), backend());
  train_epochs(*trainer, 2);
  for (LayerActivity const& layer : trainer->activity(0)) {
    EXPECT_GT(sum_of(layer, &SliceCounters::saturations), 0U);
    EXPECT_EQ(layer.carries, 0U);
  }
}

TEST_P(AdaptiveCarries, NeverComeWithoutSaturation) {
  RunConfig config = narrow_course(0.0);
  config.slicing.cell_bits_lsb_first.assign(8, 16);
  auto const trainer = single_trainer(config, course_data(), backend());
  train_epochs(*trainer, 2);
  for (LayerActivity const& layer : trainer->activity(0)) {
    EXPECT_GT(sum_of(layer, &SliceCounters::updates), 0U);
    EXPECT_EQ(sum_of(layer, &SliceCounters::saturations), 0U);
    EXPECT_EQ(layer.carries, 0U);
  }
}

/// True if every digit below the top is one of -2 to 1.
bool canonical(Trainer const& trainer, std::size_t layer, int replica) {
  auto const codes = trainer.layers()[layer].codes(replica, 0);
  XbarShape const& shape = trainer.layers()[layer].shape();
  std::size_t const plane = codes.size() / static_cast<std::size_t>(shape.planes);
  int const level = 1 << (16 - narrow_bits);
  return std::all_of(codes.begin(), codes.end() - static_cast<std::ptrdiff_t>(plane),
                     [&](int code) { return code >= -2 * level && code <= level; });
}

/// Either saturated and was resolved once, or did not saturate and was left alone.
void expect_resolved(LayerActivity const& before, LayerActivity const& after, bool resolved) {
  std::uint64_t const written =
      sum_of(after, &SliceCounters::cells_written) - sum_of(before, &SliceCounters::cells_written);
  EXPECT_GT(sum_of(after, &SliceCounters::updates), 0U);
  ASSERT_EQ(sum_of(after, &SliceCounters::saturations) > 0, resolved) << "not the case meant";
  EXPECT_EQ(after.carries, resolved ? 1U : 0U);
  EXPECT_EQ(written > 0, resolved);
}

/// The first layer learns too slowly to saturate in these few batches, the second saturates.
TEST_P(AdaptiveCarries, ResolveTheLayerThatSaturates) {
  RunConfig config = narrow_course(0.0);
  config.network.layers[0].learning_rate_factor = 0.01;
  config.crs.every = 12;
  auto const trainer = single_trainer(config, course_data(), backend());
  std::vector<LayerActivity> const before = trainer->activity(0);
  train_batches(*trainer, 12);
  std::vector<LayerActivity> const after = trainer->activity(0);
  expect_resolved(before[0], after[0], false);
  expect_resolved(before[1], after[1], true);
  EXPECT_FALSE(canonical(*trainer, 0, 0)) << "the case has no carries to leave alone";
  EXPECT_TRUE(canonical(*trainer, 1, 0));
}

/// The steps of the second replica's devices shrink to nothing at their bounds.
TEST_P(AdaptiveCarries, ResolveTheReplicaThatSaturates) {
  RunConfig config = narrow_course(0.0);
  config.crs.every = 12;
  config.device.law = LinearStep::Params{};
  std::vector<Replica> replicas(2, Replica{config.training.seed, config.device});
  auto& soft = std::get<LinearStep::Params>(replicas[1].device.law);
  soft.gamma_up = soft.gamma_down = 1.0;
  Trainer trainer(config, course_data(), backend(), replicas, {});
  std::vector<LayerActivity> before[2] = {trainer.activity(0), trainer.activity(1)};
  train_batches(trainer, 12);
  for (int replica = 0; replica < 2; ++replica) {
    for (std::size_t i = 0; i < 2; ++i) {
      SCOPED_TRACE("replica " + std::to_string(replica) + ", layer " + std::to_string(i));
      expect_resolved(before[replica][i], trainer.activity(replica)[i], replica == 0);
    }
  }
}

}  // namespace
}  // namespace panther::test
