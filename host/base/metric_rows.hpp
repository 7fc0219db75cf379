// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a training run records: one row an epoch, one a batch, and the arrays of each layer. A new
// quantity is one line here; writer, reader and documentation follow.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/base/result_schema.hpp"

namespace panther {

/// What did not fit its bits while the examples of a row were trained on, of one layer or of all.
struct SaturationCounts {
  std::uint64_t update_overflows = 0;
  std::uint64_t saturated_weights = 0;
  std::uint64_t saturated_words = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("update_overflows", self.update_overflows,
          Field{.unit = "1", .doc = "outer products of more bits than the weight"});
    visit("saturated_weights", self.saturated_weights,
          Field{.unit = "1", .doc = "weights that carry resolution had to clip"});
    visit("saturated_words", self.saturated_words,
          Field{.unit = "1", .doc = "activations, errors and scaled errors clipped to 16 bits"});
  }
};

/// What the emulated hardware did while the examples of a row were trained on, over all layers.
struct HardwareCounts {
  std::uint64_t device_updates = 0;
  std::uint64_t level_steps = 0;
  std::vector<std::uint64_t> saturated_slices;
  SaturationCounts saturation;
  std::uint64_t adc_conversions = 0;
  std::uint64_t adc_clips = 0;
  std::uint64_t repeated_reads = 0;
  std::uint64_t crs_runs = 0;
  std::uint64_t crs_cells_written = 0;
  std::uint64_t crs_level_steps = 0;
  std::uint64_t crs_failures = 0;
  std::uint64_t pair_refreshes = 0;
  std::uint64_t pair_resets = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("device_updates", self.device_updates,
          Field{.unit = "1", .doc = "moves of a device by an outer product"});
    visit("level_steps", self.level_steps,
          Field{.unit = "1", .doc = "level steps asked of devices by outer products"});
    visit(
        "saturated_slices", self.saturated_slices,
        Field{
            .unit = "1", .doc = "updates that a device could not hold, LSB first", .tag = "slice"});
    SaturationCounts::fields(self.saturation, visit);
    visit("adc_conversions", self.adc_conversions,
          Field{.unit = "1", .doc = "column sums digitised (bit-serial reads)"});
    visit("adc_clips", self.adc_clips,
          Field{.unit = "1", .doc = "column sums beyond the ADC's range"});
    visit("repeated_reads", self.repeated_reads,
          Field{.unit = "1",
                .doc = "vectors read again because they clipped, counted by layer "
                       "(read.analog.bounds); their conversions count above"});
    visit("crs_runs", self.crs_runs,
          Field{.unit = "1", .doc = "carry resolutions, counted by layer"});
    visit("crs_cells_written", self.crs_cells_written,
          Field{.unit = "1", .doc = "cells that carry resolution wrote"});
    visit("crs_level_steps", self.crs_level_steps,
          Field{.unit = "1", .doc = "level steps spent on those cells"});
    visit("crs_failures", self.crs_failures,
          Field{.unit = "1", .doc = "cells that write-verify gave up"});
    visit("pair_refreshes", self.pair_refreshes,
          Field{.unit = "1", .doc = "pairs of one-sided devices refreshed"});
    visit("pair_resets", self.pair_resets,
          Field{.unit = "1", .doc = "further pairs reset because a write found no room"});
  }
};

struct EpochRow {
  static constexpr std::string_view group = "/metrics/epoch";
  static constexpr std::string_view doc = "one row an epoch, written at its end";

  std::int64_t epoch = 0;
  std::uint64_t examples = 0;
  double learning_rate = 0;
  double train_loss = 0;
  double train_accuracy = 0;
  double test_loss = 0;
  double test_accuracy = 0;
  HardwareCounts hardware;
  double train_wall_s = 0;
  double test_wall_s = 0;
  double examples_per_wall_s = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("epoch", self.epoch, Field{.unit = "1", .doc = "number of the epoch, from 1", .lo = 1});
    visit("examples", self.examples,
          Field{.unit = "1", .doc = "examples trained on since the start"});
    visit("learning_rate", self.learning_rate,
          Field{.unit = "1", .doc = "at the end of the epoch", .lo = 0});
    visit("train_loss", self.train_loss, Field{.unit = "1", .doc = "mean loss while training"});
    visit("train_accuracy", self.train_accuracy,
          Field{.unit = "1",
                .doc = "share of training examples classified rightly while training",
                .lo = 0,
                .hi = 1});
    visit("test_loss", self.test_loss, Field{.unit = "1", .doc = "mean loss on the test set"});
    visit("test_accuracy", self.test_accuracy,
          Field{.unit = "1", .doc = "share of the test set classified rightly", .lo = 0, .hi = 1});
    HardwareCounts::fields(self.hardware, visit);
    visit("train_wall_s", self.train_wall_s,
          Field{.unit = "s", .doc = "time spent training", .lo = 0});
    visit("test_wall_s", self.test_wall_s,
          Field{.unit = "s", .doc = "time spent testing", .lo = 0});
    visit("examples_per_wall_s", self.examples_per_wall_s,
          Field{.unit = "1/s", .doc = "training speed over the epoch", .lo = 0});
  }
};

struct BatchRow {
  static constexpr std::string_view group = "/metrics/batch";
  static constexpr std::string_view doc = "one row a batch";

  std::int64_t batch = 0;
  std::int64_t epoch = 0;
  std::uint64_t examples = 0;
  double loss = 0;
  double accuracy = 0;
  HardwareCounts hardware;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("batch", self.batch,
          Field{.unit = "1", .doc = "number of the batch since the start, from 1", .lo = 1});
    visit("epoch", self.epoch, Field{.unit = "1", .doc = "epoch it belongs to", .lo = 1});
    visit("examples", self.examples, Field{.unit = "1", .doc = "examples in the batch"});
    visit("loss", self.loss, Field{.unit = "1", .doc = "mean loss before the update"});
    visit(
        "accuracy", self.accuracy,
        Field{.unit = "1", .doc = "share classified rightly before the update", .lo = 0, .hi = 1});
    HardwareCounts::fields(self.hardware, visit);
  }
};

/// The float32 network of the same run, if asked for.
struct BaselineRow {
  static constexpr std::string_view group = "/metrics/baseline";
  static constexpr std::string_view doc =
      "one row an epoch of the float32 baseline: same network, seed, order of examples";

  std::int64_t epoch = 0;
  double test_loss = 0;
  double test_accuracy = 0;
  double train_wall_s = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("epoch", self.epoch, Field{.unit = "1", .doc = "number of the epoch, from 1", .lo = 1});
    visit("test_loss", self.test_loss, Field{.unit = "1", .doc = "mean loss on the test set"});
    visit("test_accuracy", self.test_accuracy,
          Field{.unit = "1", .doc = "share of the test set classified rightly", .lo = 0, .hi = 1});
    visit("train_wall_s", self.train_wall_s,
          Field{.unit = "s", .doc = "time spent training", .lo = 0});
  }
};

/// One layer: its devices slice by slice, and what saturated elsewhere.
struct LayerRow {
  static constexpr std::string_view group = "/metrics/layers";
  static constexpr std::string_view doc = "one row an epoch of one layer, LSB slice first";

  std::int64_t epoch = 0;
  std::vector<std::uint64_t> device_updates;
  std::vector<std::uint64_t> level_steps;
  std::vector<std::uint64_t> saturations;
  SaturationCounts saturation;
  std::vector<std::uint64_t> adc_clips;
  std::vector<std::uint64_t> cells_written;
  std::uint64_t crs_runs = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("epoch", self.epoch, Field{.unit = "1", .doc = "number of the epoch, from 1", .lo = 1});
    visit("device_updates", self.device_updates,
          Field{.unit = "1", .doc = "moves of a device by an outer product", .tag = "slice"});
    visit(
        "level_steps", self.level_steps,
        Field{
            .unit = "1", .doc = "level steps asked of devices by outer products", .tag = "slice"});
    visit("saturations", self.saturations,
          Field{.unit = "1", .doc = "updates that a device could not hold", .tag = "slice"});
    SaturationCounts::fields(self.saturation, visit);
    visit("adc_clips", self.adc_clips,
          Field{.unit = "1", .doc = "column sums beyond the ADC's range", .tag = "slice"});
    visit("cells_written", self.cells_written,
          Field{.unit = "1", .doc = "cells that carry resolution wrote", .tag = "slice"});
    visit("crs_runs", self.crs_runs, Field{.unit = "1", .doc = "carry resolutions"});
  }
};

/// Arrays under /layers/<name>. The row dimension includes the bias row where a layer has one.
namespace layer_arrays {
inline constexpr ArrayDescription weights{
    .name = "weights",
    .kind = hdf5::ScalarKind::float64,
    .unit = "1",
    .doc = "final weights in weight LSBs as the devices hold them; the value is weight / 2^w_frac",
    .dimensions = {"row", "column"}};
inline constexpr ArrayDescription slice_codes{
    .name = "slice_codes",
    .kind = hdf5::ScalarKind::int16,
    .unit = "1",
    .doc =
        "final device states; the level is code / 2^(16 - cell_bits), slice 0 least significant; "
        "as many planes a slice as its cells have devices",
    .dimensions = {"plane", "row", "column"}};
inline constexpr ArrayDescription level_histogram{
    .name = "level_histogram",
    .kind = hdf5::ScalarKind::uint64,
    .unit = "1",
    .doc = "devices of each slice by rounded level, lowest level first",
    .dimensions = {"slice", "level"}};

inline constexpr ArrayDescription writes_histogram{
    .name = "writes_histogram",
    .kind = hdf5::ScalarKind::uint64,
    .unit = "1",
    .doc =
        "devices of each slice by writes (device.endurance.count): none, then 2^(k-1) to 2^k - 1 "
        "in bin k",
    .dimensions = {"slice", "bin"}};
inline constexpr ArrayDescription writes_percentiles{
    .name = "writes_percentiles",
    .kind = hdf5::ScalarKind::uint64,
    .unit = "1",
    .doc =
        "writes of a device of each slice that 50, 90, 99, 99.9 and 100 % of devices do not exceed",
    .dimensions = {"slice", "percentile"}};

inline constexpr std::array all{weights, slice_codes, level_histogram, writes_histogram,
                                writes_percentiles};
}  // namespace layer_arrays

}  // namespace panther
