// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/host/nn/float_network.hpp"

#include <algorithm>
#include <cmath>

namespace panther::test {

namespace {

double activated(Activation activation, double z) {
  switch (activation) {
    case Activation::relu:
      return std::max(z, 0.0);
    case Activation::sigmoid:
      return 1.0 / (1.0 + std::exp(-z));
    case Activation::tanh:
      return std::tanh(z);
    case Activation::identity:
      return z;
  }
  return z;
}

std::vector<double> softmax(std::vector<double> const& y) {
  double const top = *std::max_element(y.begin(), y.end());
  std::vector<double> p;
  double sum = 0.0;
  for (double const value : y) {
    p.push_back(std::exp(value - top));
    sum += p.back();
  }
  for (double& value : p) value /= sum;
  return p;
}

void add_loss(FloatPass& pass, Loss loss, Activation activation, std::size_t label) {
  std::vector<double>& error = pass.error.back();
  std::vector<double> const answer =
      loss == Loss::softmax_cross_entropy ? softmax(pass.output) : pass.output;
  for (std::size_t c = 0; c < answer.size(); ++c) {
    double const difference = answer[c] - (c == label ? 1.0 : 0.0);
    error[c] = difference;
    if (loss == Loss::squared_error) {
      error[c] *= slope_of(activation, answer[c]);
      pass.loss += 0.5 * difference * difference;
    }
  }
  if (loss == Loss::softmax_cross_entropy) pass.loss = -std::log(answer[label]);
}

}  // namespace

double slope_of(Activation activation, double y) {
  switch (activation) {
    case Activation::relu:
      return y > 0.0 ? 1.0 : 0.0;
    case Activation::sigmoid:
      return y * (1.0 - y);
    case Activation::tanh:
      return 1.0 - y * y;
    case Activation::identity:
      return 1.0;
  }
  return 1.0;
}

FloatNetwork::FloatNetwork(RunConfig const& config, int pixels,
                           std::vector<std::vector<float>> const& weights)
    : config_(config) {
  int inputs = pixels;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    LayerConfig const& layer = config.network.layers[i];
    layers_.push_back({inputs, layer.units, layer.bias, layer.activation, layer,
                       std::vector<double>(weights[i].begin(), weights[i].end())});
    first_.emplace_back(weights[i].size(), 0.0);
    second_.emplace_back(weights[i].size(), 0.0);
    inputs = layer.units;
  }
}

FloatPass FloatNetwork::pass(std::span<std::uint8_t const> image, int label) const {
  FloatPass pass;
  std::vector<double> values;
  for (std::uint8_t const pixel : image) values.push_back(pixel / 255.0);
  for (FloatLayer const& layer : layers_) {
    if (layer.bias) values.push_back(1.0);
    pass.input.push_back(values);
    std::vector<double> sums(static_cast<std::size_t>(layer.units), 0.0);
    std::vector<double> outputs;
    for (int j = 0; j < layer.units; ++j) {
      double& sum = sums[static_cast<std::size_t>(j)];
      for (int i = 0; i < layer.rows(); ++i)
        sum += layer.read(values[static_cast<std::size_t>(i)]) * layer.weight(i, j);
      sum = std::ldexp(sum, -layer.options.forward_shift);
      outputs.push_back(activated(layer.activation, sum));
    }
    pass.sum.push_back(sums);
    pass.error.emplace_back(sums.size(), 0.0);
    values = outputs;
  }
  pass.output = values;
  add_loss(pass, config_.network.loss, layers_.back().activation, static_cast<std::size_t>(label));
  for (std::size_t l = layers_.size(); l-- > 1;) {
    FloatLayer const& layer = layers_[l];
    for (int i = 0; i < layer.inputs; ++i) {
      double back = 0.0;
      for (int j = 0; j < layer.units; ++j)
        back += layer.weight(i, j) * pass.error[l][static_cast<std::size_t>(j)];
      auto const at = static_cast<std::size_t>(i);
      pass.error[l - 1][at] = back * slope_of(layers_[l - 1].activation, pass.input[l][at]);
    }
  }
  return pass;
}

std::vector<std::vector<double>> FloatNetwork::gradient(FloatPass const& pass) const {
  std::vector<std::vector<double>> gradient;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    std::vector<double> products;
    for (double const x : pass.input[l]) {
      for (double const e : pass.error[l]) products.push_back(x * e);
    }
    gradient.push_back(products);
  }
  return gradient;
}

void FloatNetwork::update(std::vector<FloatPass> const& batch, double rate) {
  ++steps_;
  bool const mean = config_.update.method == UpdateMethod::batch_digits;
  double const share = mean ? 1.0 / static_cast<double>(batch.size()) : 1.0;
  std::vector<std::vector<double>> total = gradient(batch.front());
  for (std::size_t n = 1; n < batch.size(); ++n) {
    std::vector<std::vector<double>> const one = gradient(batch[n]);
    for (std::size_t l = 0; l < total.size(); ++l) {
      for (std::size_t k = 0; k < total[l].size(); ++k) total[l][k] += one[l][k];
    }
  }
  double const beta1 = config_.training.momentum;
  double const beta2 = config_.training.beta2;
  for (std::size_t l = 0; l < total.size(); ++l) {
    for (std::size_t k = 0; k < total[l].size(); ++k) {
      double const g = share * total[l][k];
      double direction = g;
      if (config_.training.optimizer == Optimizer::momentum) {
        direction = first_[l][k] = beta1 * first_[l][k] + g;
      } else if (config_.training.optimizer == Optimizer::adam) {
        first_[l][k] = beta1 * first_[l][k] + (1.0 - beta1) * g;
        second_[l][k] = beta2 * second_[l][k] + (1.0 - beta2) * g * g;
        double const m = first_[l][k] / (1.0 - std::pow(beta1, steps_));
        double const v = second_[l][k] / (1.0 - std::pow(beta2, steps_));
        direction = m / (std::sqrt(v) + config_.training.epsilon);
      }
      layers_[l].weights[k] -= rate * layers_[l].options.learning_rate_factor * direction;
    }
  }
}

}  // namespace panther::test
