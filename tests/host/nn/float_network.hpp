// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A dense network in double, written from the textbook and sharing nothing with host/nn but the
// configuration: what the fixed-point trainer and the float32 baseline are compared with.

#include <cstdint>
#include <span>
#include <vector>

#include "host/nn/config.hpp"

namespace panther::test {

struct FloatLayer {
  int inputs;
  int units;
  bool bias;
  Activation activation;
  LayerConfig options;
  std::vector<double> weights;  // [row][unit], the bias row last

  int rows() const { return inputs + (bias ? 1 : 0); }
  double weight(int row, int unit) const {
    return weights[static_cast<std::size_t>(row) * static_cast<std::size_t>(units) +
                   static_cast<std::size_t>(unit)];
  }
  /// An input as the forward read takes it.
  double read(double x) const {
    return options.read_threshold ? (x > *options.read_threshold ? 1.0 : 0.0) : x;
  }
};

/// Values of one example on their way through the network, by layer.
struct FloatPass {
  std::vector<std::vector<double>> input;  // with the bias element
  std::vector<std::vector<double>> sum;
  std::vector<double> output;
  std::vector<std::vector<double>> error;  // of the loss with respect to the sums
  double loss = 0.0;
};

class FloatNetwork {
 public:
  /// Layers of the configuration with these weights, by layer.
  FloatNetwork(RunConfig const& config, int pixels, std::vector<std::vector<float>> const& weights);

  std::vector<FloatLayer> const& layers() const { return layers_; }
  FloatPass pass(std::span<std::uint8_t const> image, int label) const;

  /// One update from these examples: the sum of their gradients, or the mean if the configuration
  /// forms gradients digitally; with the configuration's optimizer.
  void update(std::vector<FloatPass> const& batch, double rate);

  /// Gradient of the loss, [layer][row][unit], of one example.
  std::vector<std::vector<double>> gradient(FloatPass const& pass) const;

 private:
  RunConfig config_;
  std::vector<FloatLayer> layers_;
  std::vector<std::vector<double>> first_;
  std::vector<std::vector<double>> second_;
  int steps_ = 0;
};

/// f'(z) of an activation whose output is y.
double slope_of(Activation activation, double y);

}  // namespace panther::test
