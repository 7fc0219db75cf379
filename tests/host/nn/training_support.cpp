// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/host/nn/training_support.hpp"

#include "datasets/dataset.hpp"
#include "tests/support/random.hpp"

namespace panther::test {

RandomData::RandomData(int pixels, int classes, int train, int test, std::uint64_t seed) {
  Random random(seed);
  auto const count = static_cast<std::size_t>(train + test);
  for (std::size_t i = 0; i < count * static_cast<std::size_t>(pixels); ++i) {
    images.push_back(random.chance(0.3) ? std::uint8_t{0}
                                        : static_cast<std::uint8_t>(random.whole(0, 255)));
  }
  for (std::size_t i = 0; i < count; ++i)
    labels.push_back(static_cast<std::uint8_t>(random.whole(0, classes - 1)));
  auto const first_test = static_cast<std::size_t>(train);
  std::span<std::uint8_t const> const pictures = images;
  std::span<std::uint8_t const> const answers = labels;
  std::size_t const split = first_test * static_cast<std::size_t>(pixels);
  view = {.pixels = pixels,
          .classes = classes,
          .train = {pictures.first(split), answers.first(first_test)},
          .test = {pictures.subspan(split), answers.subspan(first_test)}};
}

TrainingData synthetic_data(std::size_t train, std::size_t test) {
  static Dataset const dataset = load_dataset("synthetic", DatasetSearch{});
  std::size_t const size = dataset.image_size();
  return {.pixels = static_cast<int>(size),
          .classes = dataset.classes,
          .train = {std::span(dataset.train_images).first(train * size),
                    std::span(dataset.train_labels).first(train)},
          .test = {std::span(dataset.test_images).first(test * size),
                   std::span(dataset.test_labels).first(test)}};
}

std::vector<LayerConfig> dense_layers(std::vector<int> const& hidden, int classes,
                                      Activation activation) {
  std::vector<LayerConfig> layers;
  for (int const units : hidden) {
    LayerConfig layer;
    layer.units = units;
    layer.activation = activation;
    layers.push_back(layer);
  }
  LayerConfig output;
  output.units = classes;
  layers.push_back(output);
  return layers;
}

void train_batches(Trainer& trainer, std::int64_t batches) {
  for (std::int64_t done = 0; done < batches; ++done) {
    if (trainer.epoch_done()) trainer.finish_epoch();
    trainer.run_batch();
  }
}

void train_epochs(Trainer& trainer, int epochs) {
  for (int epoch = 0; epoch < epochs; ++epoch) {
    while (!trainer.epoch_done()) trainer.run_batch();
    trainer.finish_epoch();
  }
}

StateMap state_of(Trainer& trainer) {
  StateMap state;
  trainer.archive(StateArchive::saver(state));
  return state;
}

std::string first_difference(StateMap const& a, StateMap const& b) {
  for (auto const& [name, bytes] : a) {
    auto const other = b.find(name);
    if (other == b.end() || other->second != bytes) return name;
  }
  for (auto const& [name, bytes] : b) {
    if (!a.contains(name)) return name;
  }
  return {};
}

std::unique_ptr<Trainer> single_trainer(RunConfig const& config, TrainingData const& data,
                                        Backend& backend, TrainerOptions const& options) {
  std::vector<Replica> const replicas{{config.training.seed, config.device}};
  return std::make_unique<Trainer>(config, data, backend, replicas, options);
}

std::unique_ptr<Backend> plain_backend() {
  return make_cpu_backend({.threads = 1, .isa = Isa::scalar});
}

}  // namespace panther::test
