// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The first update of an emulated network against the gradient of a network in double. The bound
// of each weight is computed from the roundings on its way, not chosen.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/nn/initial_weights.hpp"
#include "tests/host/nn/courses.hpp"
#include "tests/host/nn/float_network.hpp"
#include "tests/support/backends.hpp"

namespace panther::test {
namespace {

constexpr double rate = 0.05;

/// 32-bit weights on ideal devices, with bits to spare in every format.
RunConfig exact_course(Activation activation, Loss loss, UpdateMethod method) {
  RunConfig config;
  config.network.layers = dense_layers({8, 6}, 3, activation);
  config.network.loss = loss;
  config.network.init.kind = WeightInit::xavier_uniform;
  if (loss == Loss::squared_error) config.network.layers.back().activation = Activation::sigmoid;
  config.training.learning_rate = rate;
  config.slicing.weight_bits = 32;
  config.slicing.cell_bits_lsb_first.assign(16, 16);
  config.formats = {.input_frac = 14,
                    .x_frac = 13,
                    .z_frac = 12,
                    .output_frac = 12,
                    .e_frac = 14,
                    .u_frac = 18,
                    .w_frac = 28};
  config.update.method = method;
  return config;
}

double half_unit(int fraction) { return std::ldexp(0.5, -fraction); }

/// Bounds of the errors of a fixed-point pass, propagated to first order and doubled for the rest.
class ErrorBounds {
 public:
  ErrorBounds(FormatsConfig const& formats, FloatNetwork const& network, FloatPass const& pass)
      : formats_(formats), network_(network), pass_(pass) {
    forward();
    backward();
  }

  double of_update(std::size_t layer, std::size_t row, std::size_t unit) const {
    double const x = std::abs(pass_.input[layer][row]);
    double const e = std::abs(pass_.error[layer][unit]);
    double const u_error = rate * error_[layer][unit] + half_unit(formats_.u_frac);
    // The streamed drive loses less than a weight LSB in each of 16 steps.
    double const lost = 17.0 * std::ldexp(1.0, -formats_.w_frac);
    return 2.0 * (x * u_error + rate * e * input_[layer][row]) + lost;
  }

 private:
  void forward() {
    std::vector<double> bound(pass_.input[0].size(), half_unit(formats_.input_frac));
    for (std::size_t l = 0; l < network_.layers().size(); ++l) {
      FloatLayer const& layer = network_.layers()[l];
      bool const last = l + 1 == network_.layers().size();
      if (layer.bias) bound.resize(static_cast<std::size_t>(layer.rows()), 0.0);
      input_.push_back(bound);
      std::vector<double> next;
      int const z_frac = last ? formats_.output_frac : formats_.z_frac;
      int const y_frac = last ? formats_.output_frac : formats_.x_frac;
      for (int j = 0; j < layer.units; ++j) {
        double sum = half_unit(z_frac);
        for (int i = 0; i < layer.rows(); ++i) {
          auto const row = static_cast<std::size_t>(i);
          sum += std::abs(layer.weight(i, j)) * bound[row] +
                 std::abs(pass_.input[l][row]) * half_unit(formats_.w_frac);
        }
        next.push_back(sum + half_unit(y_frac));  // every activation's slope is at most 1
      }
      bound = next;
    }
    output_ = bound;
  }

  void backward() {
    error_.resize(network_.layers().size());
    // Softmax moves by at most half the largest change of its inputs; the derivative of a squared
    // error through a sigmoid, (y - t) y (1 - y), by less than the change of y.
    double const widest = *std::max_element(output_.begin(), output_.end());
    error_.back().assign(output_.size(), widest + half_unit(formats_.e_frac));
    for (std::size_t l = network_.layers().size(); l-- > 1;) {
      FloatLayer const& layer = network_.layers()[l];
      Activation const below = network_.layers()[l - 1].activation;
      for (int i = 0; i < layer.inputs; ++i) {
        auto const row = static_cast<std::size_t>(i);
        double back = 0.0;
        double bound = half_unit(formats_.e_frac);
        for (int j = 0; j < layer.units; ++j) {
          auto const unit = static_cast<std::size_t>(j);
          back += layer.weight(i, j) * pass_.error[l][unit];
          bound += std::abs(layer.weight(i, j)) * error_[l][unit] +
                   std::abs(pass_.error[l][unit]) * half_unit(formats_.w_frac);
        }
        double const slope = std::abs(slope_of(below, pass_.input[l][row]));
        // |d f'(z)| <= 2 |dy| for tanh, |dy| for sigmoid, 0 for ReLU away from its kink.
        error_[l - 1].push_back(slope * bound + std::abs(back) * 2.0 * input_[l][row] +
                                half_unit(formats_.e_frac));
      }
    }
  }

  FormatsConfig const& formats_;
  FloatNetwork const& network_;
  FloatPass const& pass_;
  std::vector<std::vector<double>> input_;
  std::vector<double> output_;
  std::vector<std::vector<double>> error_;
};

struct Gradient {
  std::string name;
  Activation activation;
  Loss loss;
  UpdateMethod method;
};

class FirstUpdate : public ::testing::TestWithParam<Gradient> {};

void expect_update(RunConfig const& config, TrainingData const& data, Trainer& trainer,
                   FloatNetwork const& network, FloatPass const& pass) {
  ErrorBounds const bounds(config.formats, network, pass);
  std::vector<std::vector<double>> const gradient = network.gradient(pass);
  double largest = 0.0;
  double widest = 0.0;
  std::vector<DenseSpec> const specs = layer_specs(config, data.pixels, data.classes, 1);
  for (std::size_t l = 0; l < specs.size(); ++l) {
    std::vector<double> const after = trainer.layers()[l].weights(0);
    std::vector<std::int32_t> const before =
        weight_words(initial_weights(config.network.init, config.training.seed, specs[l].index,
                                     specs[l].inputs, specs[l].rows(), specs[l].units),
                     specs[l].formats.w, config.slicing.weight_bits);
    for (std::size_t k = 0; k < after.size(); ++k) {
      auto const units = static_cast<std::size_t>(specs[l].units);
      double const moved = std::ldexp(after[k] - before[k], -specs[l].formats.w);
      double const expected = -rate * gradient[l][k];
      double const bound = bounds.of_update(l, k / units, k % units);
      EXPECT_NEAR(moved, expected, bound) << "layer " << l << ", weight " << k;
      largest = std::max(largest, std::abs(expected));
      widest = std::max(widest, bound);
    }
  }
  EXPECT_GT(largest, 4.0 * widest) << "the bounds are too wide to show anything";
}

TEST_P(FirstUpdate, IsTheGradientWithinItsRoundings) {
  Gradient const& param = GetParam();
  auto const backend = plain_backend();
  RunConfig config = exact_course(param.activation, param.loss, param.method);
  RandomData const random(13, 3, 1, 1, 77);
  TrainingData const data = random.view;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    config.training.seed = seed;
    std::vector<std::vector<float>> weights;
    for (DenseSpec const& spec : layer_specs(config, data.pixels, data.classes, 1)) {
      weights.push_back(initial_weights(config.network.init, seed, spec.index, spec.inputs,
                                        spec.rows(), spec.units));
    }
    FloatNetwork const network(config, data.pixels, weights);
    FloatPass const pass = network.pass(data.train.images, data.train.labels[0]);
    bool at_kink = false;
    for (auto const& sums : pass.sum) {
      for (double const z : sums) at_kink = at_kink || std::abs(z) < 2e-3;
    }
    if (at_kink && param.activation == Activation::relu) continue;
    auto const trainer = single_trainer(config, data, *backend);
    trainer->run_batch();
    expect_update(config, data, *trainer, network, pass);
    EXPECT_NEAR(trainer->training_scores().front().loss, pass.loss, 2e-3);
  }
}

std::vector<Gradient> gradients() {
  std::vector<Gradient> all;
  for (auto const& [method, method_name] : EnumNames<UpdateMethod>::values) {
    for (auto const& [activation, name] : EnumNames<Activation>::values) {
      all.push_back({std::string(name) + "_" + std::string(method_name), activation,
                     Loss::softmax_cross_entropy, method});
    }
    all.push_back({"squared_error_" + std::string(method_name), Activation::tanh,
                   Loss::squared_error, method});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Paths, FirstUpdate, ::testing::ValuesIn(gradients()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace panther::test
