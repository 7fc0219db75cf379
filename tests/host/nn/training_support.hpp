// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Data and short training runs for tests.

#include <cstdint>
#include <memory>
#include <vector>

#include "host/nn/trainer.hpp"

namespace panther::test {

/// Random images with labels, of a shape that is no multiple of anything: a course for determinism,
/// nothing to learn.
struct RandomData {
  RandomData(int pixels, int classes, int train, int test, std::uint64_t seed);

  std::vector<std::uint8_t> images;
  std::vector<std::uint8_t> labels;
  TrainingData view;
};

/// The first examples of the synthetic dataset (12 x 12 pixels, 10 classes).
TrainingData synthetic_data(std::size_t train, std::size_t test);

/// Hidden layers of these units and an output layer.
std::vector<LayerConfig> dense_layers(std::vector<int> const& hidden, int classes,
                                      Activation activation = Activation::relu);

/// Whole epochs, or until `batches` more batches are done.
void train_epochs(Trainer& trainer, int epochs);
void train_batches(Trainer& trainer, std::int64_t batches);

/// Everything that the continuation of a run depends on.
StateMap state_of(Trainer& trainer);

/// The first name whose bytes differ, or that only one has; empty if there is none.
std::string first_difference(StateMap const& a, StateMap const& b);

/// A trainer of one replica with the seed and device of its configuration.
std::unique_ptr<Trainer> single_trainer(RunConfig const& config, TrainingData const& data,
                                        Backend& backend, TrainerOptions const& options = {});

/// The scalar CPU backend on one thread: what others are compared with.
std::unique_ptr<Backend> plain_backend();

}  // namespace panther::test
