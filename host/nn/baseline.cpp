// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/baseline.hpp"

#include <algorithm>
#include <stdexcept>

#include "host/nn/initial_weights.hpp"

namespace panther {

namespace {

constexpr std::size_t lanes = 16;

/// Sum of a[i] * b[i]: sixteen interleaved partial sums, added in order.
float dot(float const* a, float const* b, std::size_t size) {
  float partial[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) partial[l] += a[i + l] * b[i + l];
  }
  for (std::size_t l = 0; i + l < size; ++l) partial[l] += a[i + l] * b[i + l];
  float sum = 0.0F;
  for (float const value : partial) sum += value;
  return sum;
}

void add_scaled(float* to, float const* from, float scale, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) to[i] += scale * from[i];
}

float activated(Activation activation, float z) {
  switch (activation) {
    case Activation::relu:
      return z > 0.0F ? z : 0.0F;
    case Activation::sigmoid:
      return sigmoid(z);
    case Activation::tanh:
      return tanh(z);
    case Activation::identity:
      return z;
  }
  return z;
}

float rate_of(DenseSpec const& spec, double rate) {
  return static_cast<float>(rate * spec.learning_rate_factor);
}

/// An input as forward reads take it.
float read_as(std::optional<double> const& threshold, float x) {
  if (!threshold) return x;
  return x > static_cast<float>(*threshold) ? 1.0F : 0.0F;
}

/// True if the updates of a batch act together at its end.
bool batched(RunConfig const& config) {
  return config.crossbar.variant != CrossbarVariant::v1 ||
         config.update.method == UpdateMethod::batch_digits;
}

}  // namespace

Baseline::Baseline(RunConfig const& config, TrainingData const& data, std::uint64_t seed)
    : config_(config), data_(data), seed_(seed) {
  for (DenseSpec const& spec : layer_specs(config, data.pixels, data.classes, 1)) {
    Layer layer;
    layer.spec = spec;
    layer.weights = initial_weights(config.network.init, seed, spec.index, spec.inputs, spec.rows(),
                                    spec.units);
    if (batched(config)) layer.gradient.assign(layer.weights.size(), 0.0F);
    if (config.training.optimizer != Optimizer::sgd)
      layer.first_moment.assign(layer.weights.size(), 0.0F);
    if (config.training.optimizer == Optimizer::adam)
      layer.second_moment.assign(layer.weights.size(), 0.0F);
    layer.input.assign(static_cast<std::size_t>(spec.rows()), 1.0F);
    layer.error.assign(static_cast<std::size_t>(spec.units), 0.0F);
    layers_.push_back(std::move(layer));
  }
}

bool Baseline::epoch_done() const {
  return batch_ * config_.training.batch >= examples_of_epoch(config_.training, data_.train.size());
}

void Baseline::finish_epoch() {
  ++epoch_;
  batch_ = 0;
  order_.clear();
}

void Baseline::load_input(Layer& layer, std::uint8_t const* pixels) const {
  for (std::size_t i = 0; i < static_cast<std::size_t>(data_.pixels); ++i) {
    layer.input[i] = static_cast<float>(pixels[i]) / 255.0F;
  }
}

std::vector<float> const& Baseline::forward(std::vector<Layer>& layers, std::uint8_t const* pixels,
                                            std::vector<float>& output) const {
  load_input(layers.front(), pixels);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    Layer const& layer = layers[l];
    auto const units = static_cast<std::size_t>(layer.spec.units);
    std::vector<float>& next = l + 1 < layers.size() ? layers[l + 1].input : output;
    std::fill_n(next.begin(), units, 0.0F);
    for (std::size_t i = 0; i < layer.input.size(); ++i) {
      float const x = read_as(layer.spec.read_threshold, layer.input[i]);
      if (x != 0.0F) add_scaled(next.data(), layer.weights.data() + i * units, x, units);
    }
    for (std::size_t j = 0; j < units; ++j) {
      float const z = next[j] / static_cast<float>(1 << layer.spec.forward_shift);
      next[j] = activated(layer.spec.activation, z);
    }
  }
  return output;
}

double Baseline::output_error(std::vector<float> const& output, int label,
                              std::vector<float>& error) const {
  bool const softmax = config_.network.loss == Loss::softmax_cross_entropy;
  Activation const activation = layers_.back().spec.activation;
  float const top = *std::max_element(output.begin(), output.end());
  float sum = 0.0F;
  for (float const y : output) sum += exp2(1.44269504F * (y - top));
  float squares = 0.0F;
  for (std::size_t c = 0; c < output.size(); ++c) {
    float const value = softmax ? exp2(1.44269504F * (output[c] - top)) / sum : output[c];
    float const difference = value - (static_cast<int>(c) == label ? 1.0F : 0.0F);
    squares += difference * difference;
    error[c] = softmax ? difference : difference * derivative_of(activation, output[c]);
  }
  float const margin = 1.44269504F * (output[static_cast<std::size_t>(label)] - top);
  return static_cast<double>(softmax ? 0.693147181F * (log2(sum) - margin) : 0.5F * squares);
}

void Baseline::backward() {
  for (std::size_t l = layers_.size(); l-- > 1;) {
    Layer const& layer = layers_[l];
    Layer& below = layers_[l - 1];
    auto const units = static_cast<std::size_t>(layer.spec.units);
    for (std::size_t i = 0; i < below.error.size(); ++i) {
      float const slope = derivative_of(below.spec.activation, layer.input[i]);
      below.error[i] =
          slope == 0.0F ? 0.0F
                        : slope * dot(layer.weights.data() + i * units, layer.error.data(), units);
    }
  }
}

void Baseline::add_gradients() {
  for (Layer& layer : layers_) {
    auto const units = static_cast<std::size_t>(layer.spec.units);
    for (std::size_t i = 0; i < layer.input.size(); ++i) {
      if (layer.input[i] != 0.0F)
        add_scaled(layer.gradient.data() + i * units, layer.error.data(), layer.input[i], units);
    }
  }
}

void Baseline::apply_moments(Layer& layer, float rate) {
  bool const adam = config_.training.optimizer == Optimizer::adam;
  auto const beta1 = static_cast<float>(config_.training.momentum);
  auto const beta2 = static_cast<float>(config_.training.beta2);
  auto const epsilon = static_cast<float>(config_.training.epsilon);
  double power1 = 1.0;
  double power2 = 1.0;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(steps_, 100000); ++i) {
    power1 *= config_.training.momentum;
    power2 *= config_.training.beta2;
  }
  auto const correction1 = static_cast<float>(1.0 / (1.0 - power1));
  auto const correction2 = static_cast<float>(1.0 / (1.0 - power2));
  for (std::size_t i = 0; i < layer.weights.size(); ++i) {
    float const gradient = layer.gradient[i];
    float& first = layer.first_moment[i];
    if (!adam) {
      first = beta1 * first + gradient;
      layer.weights[i] -= rate * first;
      continue;
    }
    float& second = layer.second_moment[i];
    first = beta1 * first + (1.0F - beta1) * gradient;
    second = beta2 * second + (1.0F - beta2) * (gradient * gradient);
    layer.weights[i] -= rate * ((first * correction1) / (root(second * correction2) + epsilon));
  }
}

void Baseline::apply(double rate, int count) {
  ++steps_;
  bool const mean = config_.update.method == UpdateMethod::batch_digits;
  float const share = mean ? 1.0F / static_cast<float>(count) : 1.0F;
  for (Layer& layer : layers_) {
    for (float& gradient : layer.gradient) gradient *= share;
    float const own_rate = rate_of(layer.spec, rate);
    if (config_.training.optimizer == Optimizer::sgd) {
      add_scaled(layer.weights.data(), layer.gradient.data(), -own_rate, layer.weights.size());
    } else {
      apply_moments(layer, own_rate);
    }
    std::fill(layer.gradient.begin(), layer.gradient.end(), 0.0F);
  }
}

void Baseline::run_batch() {
  if (order_.empty()) order_ = epoch_order(config_.training, seed_, epoch_, data_.train.size());
  double const rate = learning_rate_of(config_.training, epoch_);
  std::int64_t const first = batch_ * config_.training.batch;
  std::int64_t const last = std::min<std::int64_t>(
      first + config_.training.batch, examples_of_epoch(config_.training, data_.train.size()));
  std::vector<float> output(static_cast<std::size_t>(data_.classes));
  for (std::int64_t n = first; n < last; ++n) {
    auto const image = static_cast<std::size_t>(order_[static_cast<std::size_t>(n)]);
    forward(layers_, data_.train.images.data() + image * static_cast<std::size_t>(data_.pixels),
            output);
    output_error(output, data_.train.labels[image], layers_.back().error);
    backward();
    if (batched(config_)) {
      add_gradients();
      continue;
    }
    for (Layer& layer : layers_) {
      auto const units = static_cast<std::size_t>(layer.spec.units);
      float const own_rate = rate_of(layer.spec, rate);
      for (std::size_t i = 0; i < layer.input.size(); ++i) {
        float const step = -own_rate * layer.input[i];
        if (step != 0.0F)
          add_scaled(layer.weights.data() + i * units, layer.error.data(), step, units);
      }
    }
  }
  if (batched(config_)) apply(rate, static_cast<int>(last - first));
  ++batch_;
}

Score Baseline::evaluate(ImageSet const& set) const {
  Score score;
  std::vector<Layer> layers = layers_;
  std::vector<float> output(static_cast<std::size_t>(data_.classes));
  std::vector<float> error(output.size());
  for (std::size_t n = 0; n < set.labels.size(); ++n) {
    forward(layers, set.images.data() + n * static_cast<std::size_t>(data_.pixels), output);
    auto const best = std::max_element(output.begin(), output.end()) - output.begin();
    score.accuracy += best == set.labels[n] ? 1.0 : 0.0;
    score.loss += output_error(output, set.labels[n], error);
  }
  auto const count = static_cast<double>(std::max<std::int64_t>(set.size(), 1));
  score.accuracy /= count;
  score.loss /= count;
  return score;
}

void Baseline::archive(StateArchive archive) {
  archive.value("baseline/epoch", epoch_);
  archive.value("baseline/batch", batch_);
  archive.value("baseline/steps", steps_);
  for (Layer& layer : layers_) {
    std::string const prefix = "baseline/layers/" + std::to_string(layer.spec.index) + "/";
    archive.vector(prefix + "weights", layer.weights);
    archive.vector(prefix + "first_moment", layer.first_moment);
    archive.vector(prefix + "second_moment", layer.second_moment);
  }
  order_.clear();
}

}  // namespace panther
