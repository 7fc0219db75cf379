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

/// What the emulated hardware did while the examples of a row were trained on, over all layers.
struct HardwareCounts {
  std::vector<std::uint64_t> saturated_slices;
  std::uint64_t saturated_weights = 0;
  std::uint64_t saturated_activations = 0;
  std::uint64_t adc_clips = 0;
  std::uint64_t pulses = 0;
  std::uint64_t crs_runs = 0;
  std::uint64_t crs_cells_written = 0;
  std::uint64_t cycles = 0;
  double energy_j = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("saturated_slices", self.saturated_slices,
          Field{.unit = "1",
                .doc = "level updates that a slice could not hold, LSB first",
                .tag = "slice"});
    visit("saturated_weights", self.saturated_weights,
          Field{.unit = "1", .doc = "weights that carry resolution had to clip"});
    visit("saturated_activations", self.saturated_activations,
          Field{.unit = "1", .doc = "activations and errors clipped to their format"});
    visit("adc_clips", self.adc_clips,
          Field{.unit = "1", .doc = "column sums beyond the ADC's range"});
    visit("pulses", self.pulses, Field{.unit = "1", .doc = "level steps asked of devices"});
    visit("crs_runs", self.crs_runs, Field{.unit = "1", .doc = "carry resolutions of a layer"});
    visit("crs_cells_written", self.crs_cells_written,
          Field{.unit = "1", .doc = "cells that carry resolution wrote"});
    visit("cycles", self.cycles, Field{.unit = "cycle", .doc = "cycles on the emulated machine"});
    visit("energy_j", self.energy_j,
          Field{.unit = "J", .doc = "energy of the emulated machine", .lo = 0});
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

/// Arrays under /layers/<name>. The row dimension includes the bias row where a layer has one.
namespace layer_arrays {
inline constexpr ArrayDescription weights{
    .name = "weights",
    .unit = "1",
    .doc = "final weights as integers; the value is weight / 2^w_frac",
    .dimensions = {"row", "column"}};
inline constexpr ArrayDescription slice_codes{
    .name = "slice_codes",
    .unit = "1",
    .doc = "final device states; the level is code / 2^(16 - cell_bits), slice 0 least significant",
    .dimensions = {"slice", "row", "column"}};
inline constexpr ArrayDescription level_histogram{
    .name = "level_histogram",
    .unit = "1",
    .doc = "devices of each slice by rounded level, lowest level first",
    .dimensions = {"slice", "level"}};

inline constexpr std::array all{weights, slice_codes, level_histogram};
}  // namespace layer_arrays

}  // namespace panther
