// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The float32 digital baseline of a run: the same network, seed, initial weights, order of
// examples, learning rate and optimizer, with exact weights. What it loses to nothing is what the
// devices are compared with. Deterministic: every sum runs in one stated order, without
// contraction, so results do not depend on the machine's vector length.

#include <cstdint>
#include <vector>

#include "host/nn/config.hpp"
#include "host/nn/state.hpp"
#include "host/nn/trainer.hpp"

namespace panther {

class Baseline {
 public:
  /// `data` must outlive the baseline. Throws std::invalid_argument as Trainer does.
  Baseline(RunConfig const& config, TrainingData const& data, std::uint64_t seed);

  void run_batch();
  bool epoch_done() const;
  void finish_epoch();
  Score evaluate(ImageSet const& set) const;
  void archive(StateArchive archive);

 private:
  struct Layer {
    DenseSpec spec;
    std::vector<float> weights;  // [row][unit], the bias row last
    std::vector<float> gradient;
    std::vector<float> first_moment;
    std::vector<float> second_moment;
    std::vector<float> input;  // with the bias element
    std::vector<float> error;  // at the outputs
  };

  void load_input(Layer& layer, std::uint8_t const* pixels) const;
  std::vector<float> const& forward(std::vector<Layer>& layers, std::uint8_t const* pixels,
                                    std::vector<float>& output) const;
  double output_error(std::vector<float> const& output, int label, std::vector<float>& error) const;
  void backward();
  void add_gradients();
  void apply(double rate, int count);
  void apply_moments(Layer& layer, float rate);

  RunConfig config_;
  TrainingData data_;
  std::uint64_t seed_;
  std::vector<Layer> layers_;
  std::vector<std::int32_t> order_;
  int epoch_ = 0;
  std::int64_t batch_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace panther
