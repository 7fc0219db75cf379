// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A training run of R independent copies (replicas) of one network on emulated crossbars, in
// lockstep on one backend. Replica r gives the same bits as a run of it alone. The caller drives:
// run_batch() until epoch_done(), finish_epoch(), evaluate(), and so on; the state can be saved and
// restored between any two batches.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/nn/config.hpp"
#include "host/nn/layers/dense.hpp"
#include "host/nn/state.hpp"
#include "kernels/base/backend.hpp"

namespace panther {

/// Labelled 8-bit images; the memory belongs to the caller.
struct ImageSet {
  std::span<std::uint8_t const> images;  // [image][pixel]
  std::span<std::uint8_t const> labels;

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
};

struct TrainingData {
  int pixels;
  int classes;
  ImageSet train;
  ImageSet test;
};

/// What a pass over a set of examples gave one replica.
struct Score {
  double loss = 0.0;      // mean
  double accuracy = 0.0;  // share of examples
};

/// What an epoch did to the devices of one layer and replica: differences of the counters.
struct LayerActivity {
  std::vector<SliceCounters> slices;
  LayerCounters layer{};
  std::uint64_t carries = 0;                       // carry resolutions, of all sets together
  std::vector<PairCounters> pairs = {};            // of one-sided devices, by slice; else empty
  std::vector<std::uint64_t> repeated_reads = {};  // one, with bound management; else empty
};

struct TrainerOptions {
  bool store_variation =
      true;  // false: regenerate device-to-device variation from the seed (less memory)
  int evaluation_batch = 64;
};

class Trainer {
 public:
  /// Checks the configuration against the data, builds the network and writes the initial weights.
  /// `data` must outlive the trainer. Throws std::invalid_argument for what does not fit,
  /// BackendError for memory.
  Trainer(RunConfig const& config, TrainingData const& data, Backend& backend,
          std::vector<Replica> replicas, TrainerOptions const& options);
  ~Trainer();

  int replicas() const { return static_cast<int>(replicas_.size()); }
  std::vector<DenseLayer> const& layers() const { return layers_; }
  std::vector<DenseLayer>& layers() { return layers_; }
  std::int64_t examples_per_epoch() const {
    return examples_of_epoch(config_.training, data_.train.size());
  }
  std::int64_t batches_per_epoch() const;

  int epoch() const { return epoch_; }           // epochs finished
  std::int64_t batch() const { return batch_; }  // batches done in this epoch
  std::uint64_t examples() const {
    return examples_;
  }  // examples seen by a replica since the start
  bool epoch_done() const { return batch_ == batches_per_epoch(); }

  /// Trains on the next batch of the epoch.
  void run_batch();

  /// Mean training loss and accuracy of the epoch's batches [first, batch()), per replica. Waits
  /// for the backend.
  std::vector<Score> training_scores(std::int64_t first_batch = 0);

  /// Ends the epoch; the next run_batch() starts another.
  void finish_epoch();

  /// Mean loss and accuracy on a set, per replica, of the devices as tests see them
  /// (device.retention.wait_s, device.programming.transfer). Does not change the course of
  /// training.
  std::vector<Score> evaluate(ImageSet const& set);

  /// Sets mean inputs and calibrated converter ranges from the present weights, as every epoch does
  /// at its start; does nothing where neither is asked for (average_abs_max; converters that are
  /// not ideal, of calibrated range).
  void calibrate_reads();

  /// Activity since the start, [layer] for one replica.
  std::vector<LayerActivity> activity(int replica) const;

  /// Saves to or restores from an archive, everything that the run's continuation depends on.
  void archive(StateArchive archive);

 private:
  struct Buffers;

  bool tests_other_states() const;
  std::vector<Score> evaluate_devices(ImageSet const& set);

  /// Initial weights of every replica, [replica][row][col], in weight LSBs.
  DeviceArray<std::int32_t> first_words(DenseSpec const& spec) const;
  void begin_epoch();
  void train_examples(std::int64_t first, int count);
  void forward(Examples examples, std::uint8_t const* images, std::int32_t const* order);
  void loss(int count, std::uint8_t const* labels, std::int32_t const* order, float* loss,
            std::int32_t* correct);
  void backward(Examples examples);
  void update(Examples batch);
  /// Seconds on the emulated clock.
  double clock_s() const;
  void age_devices(AgeUnit unit, std::uint64_t before, std::uint64_t after);
  void resolve_carries(std::uint64_t before, std::uint64_t after, std::uint64_t event);
  void refresh_pairs(std::uint64_t before, std::uint64_t after, std::uint64_t event);
  int piece_end(std::uint64_t before, int first, int count) const;
  void calibrate(Calibration kind);
  void resolve_saturated(DenseLayer& layer, std::size_t index, std::uint64_t event);
  std::vector<Score> scores_of(std::vector<float> const& loss,
                               std::vector<std::int32_t> const& correct, std::int64_t first,
                               std::int64_t last, int piece) const;

  RunConfig config_;
  TrainingData data_;
  Backend* backend_;
  std::vector<Replica> replicas_;
  TrainerOptions options_;
  std::vector<DenseLayer> layers_;
  std::unique_ptr<Buffers> buffers_;

  int epoch_ = 0;
  std::int64_t batch_ = 0;
  std::uint64_t examples_ = 0;
  std::uint64_t gradient_steps_ = 0;
  std::uint64_t aged_examples_ = 0;  // examples seen when devices aged last
  std::uint64_t aging_passes_ = 0;
  bool epoch_ready_ = false;
  std::vector<std::uint64_t> carries_;        // [layer][replica]
  std::vector<SliceCounters> at_last_carry_;  // adaptive policy: [layer][replica][slice]
};

/// The network's layers for inputs of `pixels`, with formats resolved. Throws
/// std::invalid_argument.
std::vector<DenseSpec> layer_specs(RunConfig const& config, int pixels, int classes, int capacity);

}  // namespace panther
