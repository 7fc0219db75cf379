// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// A layer's update by the mean gradient of a batch (update.method "batch_digits") against naive
// models: the change is rounded, cut into digits, and each slice of the sets that the variant
// writes moves by its digit's steps; moments last from one update to the next.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "host/nn/layers/dense.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/gradient_model.hpp"
#include "tests/support/ideal_state.hpp"

namespace panther::test {
namespace {

class BatchGradient : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, BatchGradient, every_backend(), backend_label);

constexpr double rate_factor = 0.5;

DenseSpec spec_of(GradientCase const& c, int spare_examples) {
  return {.index = 2,
          .inputs = c.rows,
          .units = c.cols,
          .bias = false,
          .activation = Activation::identity,
          .learning_rate_factor = rate_factor,
          .formats = {.x = 8, .z = 8, .y = 8, .e = 8, .u = 8, .w = c.w_fraction},
          .capacity = c.examples + spare_examples};
}

RunConfig config_of(GradientCase const& c, SlicingConfig const& slicing) {
  RunConfig config;
  config.slicing = slicing;
  config.update.method = UpdateMethod::batch_digits;
  config.training.optimizer = c.optimizer;
  return config;
}

GradientCase case_of(CrossbarConfig const& xbar) {
  GradientCase c;
  c.replicas = static_cast<int>(xbar.seeds.size());
  c.rows = xbar.rows;
  c.cols = xbar.cols;
  return c;
}

std::vector<Replica> replicas_of(CrossbarConfig const& xbar, RunConfig const& config) {
  std::vector<Replica> replicas;
  for (std::uint64_t const seed : xbar.seeds) replicas.push_back({seed, config.device});
  return replicas;
}

/// All replicas of a layer learn at the same rate.
void set_rate(DenseLayer& layer, GradientCase& c) {
  c.rates.assign(c.rates.size(), c.rates.front());
  layer.set_learning_rate(static_cast<double>(c.rates.front()) / rate_factor);
}

void give(DenseLayer& layer, GradientCase const& c) {
  layer.x.upload(std::span<std::int16_t const>(c.x));
  layer.e.upload(std::span<std::int16_t const>(c.e));
  layer.x_fraction.upload(std::span<std::int32_t const>(c.x_fraction));
  layer.e_fraction.upload(std::span<std::int32_t const>(c.e_fraction));
}

/// The changes of one replica, [row][col].
std::vector<std::int32_t> exact_changes(GradientCase const& c, int replica) {
  std::vector<std::int32_t> changes;
  for (int i = 0; i < c.rows; ++i) {
    for (int j = 0; j < c.cols; ++j) {
      Moments<double> none;
      changes.push_back(whole_change(change_of(c, replica, i, j, none)));
    }
  }
  return changes;
}

/// Sets that updates write, as a mask: f; f and b; d.
unsigned written_sets(CrossbarVariant variant) {
  return variant == CrossbarVariant::v1 ? 1U : (variant == CrossbarVariant::v2 ? 3U : 4U);
}

/// A layer of ideal devices and the naive model of each replica's sets.
class ModelledLayer {
 public:
  ModelledLayer(Backend& backend, CrossbarConfig const& xbar, RunConfig const& config,
                DenseSpec const& spec)
      : layer(backend, config, spec, replicas_of(xbar, config), false),
        xbar_(xbar),
        written_(written_sets(config.crossbar.variant)) {}

  /// To be called when the devices hold their first state.
  void read_models() {
    for (int r = 0; r < layer.shape().replicas; ++r) {
      for (int set = 0; set < layer.shape().sets; ++set) {
        models_.push_back(model_of(xbar_, one_set(), layer.codes(r, set), 0, 0));
      }
    }
  }
  void apply(int replica, std::vector<std::int32_t> const& changes) {
    for (int set = 0; set < layer.shape().sets; ++set) {
      if (written(set)) model(replica, set).apply(changes.data());
    }
  }
  void expect_models(int replica) {
    for (int set = 0; set < layer.shape().sets; ++set) {
      SCOPED_TRACE("set " + std::to_string(set) + " of replica " + std::to_string(replica));
      expect_state(xbar_, one_set(), layer.codes(replica, set), model(replica, set), 0, 0);
      std::uint64_t const pair = xbar_.slicing.encoding == Encoding::differential ? 2 : 1;
      std::uint64_t const sets = written_ == 3U ? 2 : 1;
      if (written(set)) {
        expect_counters(layer.slice_counters(), model(replica, set), replica, sets * pair);
      }
    }
  }

  DenseLayer layer;

 private:
  XbarShape one_set() const {
    XbarShape shape = layer.shape();
    shape.replicas = shape.sets = 1;
    return shape;
  }
  bool written(int set) const { return ((written_ >> set) & 1U) != 0; }
  ReferenceCrossbar& model(int replica, int set) {
    return models_[static_cast<std::size_t>(replica * layer.shape().sets + set)];
  }

  CrossbarConfig const& xbar_;
  unsigned written_;
  std::vector<ReferenceCrossbar> models_;
};

/// Weights of every size that the slicing holds.
std::vector<std::int32_t> random_weights(Random& random, GradientCase const& c, int bits) {
  std::vector<std::int32_t> weights(c.weights());
  for (auto& weight : weights) {
    std::int64_t const most = (std::int64_t{1} << random.whole(0, bits - 1)) - 1;
    weight = static_cast<std::int32_t>(random.integer(-most, most));
  }
  return weights;
}

/// Fewer may see no saturation.
int enough_trials() { return std::max(trials(24), 6); }

/// Three batches, without carries resolved between them: slices of few bits saturate. An exact law
/// is exact whichever way codes are rounded, in one move or in several.
TEST_P(BatchGradient, MovesSlicesByTheDigitsOfItsRoundedChange) {
  Random random(361);
  std::uint64_t saturations = 0;
  for (int trial = 0; trial < enough_trials(); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const xbar = random_crossbar(random);
    GradientCase c = case_of(xbar);
    ExactBatch const batch(random);
    batch.fill(random, c);
    RunConfig config = config_of(c, xbar.slicing);
    config.crossbar.variant = random.pick<CrossbarVariant>(
        {CrossbarVariant::v1, CrossbarVariant::v2, CrossbarVariant::v3});
    config.update.fidelity = random.pick<Fidelity>({Fidelity::aggregate, Fidelity::pulse});
    config.device.rounding =
        random.pick<CodeRounding>({CodeRounding::nearest, CodeRounding::stochastic});
    ModelledLayer modelled(backend(), xbar, config, spec_of(c, random.whole(0, 2)));
    modelled.layer.program({backend(), random_weights(random, c, xbar.slicing.weight_bits)});
    modelled.read_models();
    set_rate(modelled.layer, c);
    for (int step = 1; step <= 3; ++step) {
      give(modelled.layer, c);
      modelled.layer.update_with_gradient({c.examples, static_cast<std::uint64_t>(step)},
                                          static_cast<std::uint64_t>(step));
      for (int r = 0; r < c.replicas; ++r) {
        modelled.apply(r, exact_changes(c, r));
        modelled.expect_models(r);
      }
      if (HasFailure()) return;
      batch.fill_words(random, c);
    }
    for (auto const& slice : modelled.layer.slice_counters()) saturations += slice.saturations;
  }
  EXPECT_GT(saturations, static_cast<std::uint64_t>(enough_trials()));
}

/// Wide cells hold every change: the weight moves by the whole of it.
SlicingConfig wide_cells() {
  return {.weight_bits = 32, .cell_bits_lsb_first = std::vector<int>(8, 16)};
}

/// Adam's corrections for its `step`th update.
void correct(GradientCase& c, TrainingConfig const& training, int step) {
  c.correction1 = 1.0 / (1.0 - std::pow(training.momentum, step));
  c.correction2 = 1.0 / (1.0 - std::pow(training.beta2, step));
}

/// Checks how the weights of one replica moved.
void expect_moves(GradientCase const& c, int replica, std::vector<double> const& before,
                  std::vector<double> const& after, std::vector<Moments<Float32Range>>& moments) {
  for (int i = 0; i < c.rows; ++i) {
    for (int j = 0; j < c.cols; ++j) {
      Float32Range const change = change_of(c, replica, i, j, moments[c.weight(replica, i, j)]);
      double const moved = after[c.weight(0, i, j)] - before[c.weight(0, i, j)];
      ASSERT_GE(moved, whole_change(change.low())) << "row " << i << ", column " << j;
      ASSERT_LE(moved, whole_change(change.high())) << "row " << i << ", column " << j;
    }
  }
}

TEST_P(BatchGradient, KeepsTheMomentsOfItsOptimizer) {
  Random random(362);
  for (int trial = 0; trial < enough_trials(); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const xbar = random_crossbar(random);
    GradientCase c = case_of(xbar);
    c.optimizer = random.pick<Optimizer>({Optimizer::momentum, Optimizer::adam});
    WideBatch const batch(random);
    batch.fill(random, c);
    RunConfig config = config_of(c, wide_cells());
    config.training.momentum = random.pick<double>({0.0, 0.5, 0.9});
    config.training.beta2 = random.pick<double>({0.6, 0.99, 0.999});
    config.training.epsilon = random.pick<double>({1e-8, 0.01});
    c.beta1 = static_cast<float>(config.training.momentum);
    c.beta2 = static_cast<float>(config.training.beta2);
    c.epsilon = static_cast<float>(config.training.epsilon);
    DenseLayer layer(backend(), config, spec_of(c, 33), replicas_of(xbar, config), false);
    set_rate(layer, c);
    std::vector<Moments<Float32Range>> moments(c.weights());
    for (int step = 1; step <= 4; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      correct(c, config.training, step);
      std::vector<std::vector<double>> before;
      for (int r = 0; r < c.replicas; ++r) before.push_back(layer.weights(r));
      give(layer, c);
      layer.update_with_gradient({c.examples, 0}, static_cast<std::uint64_t>(step));
      for (int r = 0; r < c.replicas; ++r) {
        expect_moves(c, r, before[static_cast<std::size_t>(r)], layer.weights(r), moments);
      }
      if (HasFailure()) return;
      batch.fill_words(random, c);
    }
  }
}

}  // namespace
}  // namespace panther::test
