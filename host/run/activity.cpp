// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/activity.hpp"

#include <cstring>

namespace panther {

namespace {

/// A struct of std::uint64_t counters as a list.
template <class Counters>
void append(std::vector<std::uint64_t>& list, Counters const& counters) {
  static_assert(sizeof(Counters) % sizeof(std::uint64_t) == 0);
  std::uint64_t words[sizeof(Counters) / sizeof(std::uint64_t)];
  std::memcpy(words, &counters, sizeof words);
  list.insert(list.end(), std::begin(words), std::end(words));
}

template <class Counters>
void subtract(Counters& counters, std::uint64_t const*& at) {
  std::uint64_t words[sizeof(Counters) / sizeof(std::uint64_t)];
  std::memcpy(words, &counters, sizeof words);
  for (std::uint64_t& word : words) word -= *at++;
  std::memcpy(&counters, words, sizeof words);
}

std::vector<std::uint64_t> totals_of(std::vector<LayerActivity> const& layers) {
  std::vector<std::uint64_t> totals;
  for (LayerActivity const& layer : layers) {
    for (SliceCounters const& slice : layer.slices) append(totals, slice);
    append(totals, layer.layer);
    totals.push_back(layer.carries);
    for (PairCounters const& pairs : layer.pairs) append(totals, pairs);
    for (std::uint64_t const repeats : layer.repeated_reads) totals.push_back(repeats);
  }
  return totals;
}

SaturationCounts saturation_counts(LayerCounters const& layer) {
  return {
      .update_overflows = layer.update_overflows,
      .saturated_weights = layer.weights_saturated,
      .saturated_words = layer.outputs_saturated + layer.errors_saturated + layer.drives_saturated};
}

}  // namespace

std::vector<LayerActivity> ActivityMark::since(Trainer const& trainer) const {
  std::vector<LayerActivity> layers = trainer.activity(0);
  if (totals_.empty()) return layers;
  std::uint64_t const* at = totals_.data();
  for (LayerActivity& layer : layers) {
    for (SliceCounters& slice : layer.slices) subtract(slice, at);
    subtract(layer.layer, at);
    layer.carries -= *at++;
    for (PairCounters& pairs : layer.pairs) subtract(pairs, at);
    for (std::uint64_t& repeats : layer.repeated_reads) repeats -= *at++;
  }
  return layers;
}

void ActivityMark::set(Trainer const& trainer) { totals_ = totals_of(trainer.activity(0)); }

void ActivityMark::archive(std::string const& name, StateArchive& archive) {
  archive.vector(name, totals_);
}

HardwareCounts hardware_counts(std::vector<LayerActivity> const& layers) {
  HardwareCounts counts;
  for (LayerActivity const& layer : layers) {
    counts.saturated_slices.resize(layer.slices.size(), 0);
    for (std::size_t s = 0; s < layer.slices.size(); ++s) {
      SliceCounters const& slice = layer.slices[s];
      counts.device_updates += slice.updates;
      counts.level_steps += slice.steps;
      counts.saturated_slices[s] += slice.saturations;
      counts.adc_conversions += slice.conversions;
      counts.adc_clips += slice.clips;
      counts.crs_cells_written += slice.cells_written;
      counts.crs_level_steps += slice.write_steps;
      counts.crs_failures += slice.write_failures;
    }
    SaturationCounts const saturation = saturation_counts(layer.layer);
    counts.saturation.update_overflows += saturation.update_overflows;
    counts.saturation.saturated_weights += saturation.saturated_weights;
    counts.saturation.saturated_words += saturation.saturated_words;
    counts.crs_runs += layer.carries;
    for (PairCounters const& pairs : layer.pairs) {
      counts.pair_refreshes += pairs.refreshes;
      counts.pair_resets += pairs.resets;
    }
    for (std::uint64_t const repeats : layer.repeated_reads) counts.repeated_reads += repeats;
  }
  return counts;
}

LayerRow layer_row(std::int64_t epoch, LayerActivity const& layer) {
  LayerRow row;
  row.epoch = epoch;
  for (SliceCounters const& slice : layer.slices) {
    row.device_updates.push_back(slice.updates);
    row.level_steps.push_back(slice.steps);
    row.saturations.push_back(slice.saturations);
    row.adc_clips.push_back(slice.clips);
    row.cells_written.push_back(slice.cells_written);
  }
  row.saturation = saturation_counts(layer.layer);
  row.crs_runs = layer.carries;
  return row;
}

}  // namespace panther
