// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/final_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "host/base/errors.hpp"
#include "host/base/metric_rows.hpp"
#include "host/run/run_checkpoint.hpp"

namespace panther {

namespace {

/// Rows of a layer that are brought to the host together: about a megabyte of its devices.
int block_rows(XbarShape const& shape) {
  return std::clamp((1 << 20) / shape.stride / shape.planes, 1, shape.rows);
}

/// Devices of each slice by rounded level, [slice][levels of the largest cell].
std::vector<std::uint64_t> level_histogram(DenseLayer const& layer, std::size_t bins) {
  Slicing const& slicing = layer.slicing();
  XbarShape const& shape = layer.shape();
  std::vector<std::uint64_t> histogram(static_cast<std::size_t>(slicing.slices) * bins, 0);
  for (int plane = 0; plane < shape.planes; ++plane) {
    int const slice = slicing.slice_of(plane);
    for (int first = 0; first < shape.rows; first += block_rows(shape)) {
      RowRange const rows{first, std::min(block_rows(shape), shape.rows - first)};
      std::vector<std::int16_t> const codes = layer.plane_codes(0, plane, rows);
      HistogramArgs const args{.codes = codes.data(),
                               .bins = nullptr,
                               .rows = rows.count,
                               .cols = shape.cols,
                               .stride = shape.stride,
                               .cell_bits = slicing.cell_bits[slice]};
      for (int row = 0; row < rows.count; ++row) {
        for (int col = 0; col < shape.cols; ++col) {
          ++histogram[static_cast<std::size_t>(slice) * bins +
                      static_cast<std::size_t>(level_bin(args, row, col))];
        }
      }
    }
  }
  return histogram;
}

/// The codes of whole planes without the columns that only fill vectors.
std::vector<std::int16_t> dense_codes(DenseLayer const& layer, int first_plane, int planes) {
  XbarShape const& shape = layer.shape();
  std::vector<std::int16_t> dense;
  dense.reserve(static_cast<std::size_t>(planes) * static_cast<std::size_t>(shape.rows) *
                static_cast<std::size_t>(shape.cols));
  for (int plane = first_plane; plane < first_plane + planes; ++plane) {
    for (int first = 0; first < shape.rows; first += block_rows(shape)) {
      RowRange const rows{first, std::min(block_rows(shape), shape.rows - first)};
      std::vector<std::int16_t> const codes = layer.plane_codes(0, plane, rows);
      for (int row = 0; row < rows.count; ++row) {
        auto const line = codes.begin() + static_cast<std::ptrdiff_t>(row) * shape.stride;
        dense.insert(dense.end(), line, line + shape.cols);
      }
    }
  }
  return dense;
}

constexpr std::array percentiles{50.0, 90.0, 99.0, 99.9, 100.0};
constexpr std::size_t write_bins = 33;  // of 32-bit counts by their length in bits

/// Writes of all devices of a slice in the set that forward reads use, ascending.
std::vector<std::uint32_t> sorted_writes(DenseLayer const& layer, int slice) {
  XbarShape const& shape = layer.shape();
  std::vector<std::uint32_t> all;
  for (int plane = 0; plane < shape.planes; ++plane) {
    if (layer.slicing().slice_of(plane) != slice) continue;
    std::vector<std::uint32_t> const writes = layer.plane_writes(0, plane);
    for (int row = 0; row < shape.rows; ++row) {
      auto const line = writes.begin() + static_cast<std::ptrdiff_t>(row) * shape.stride;
      all.insert(all.end(), line, line + shape.cols);
    }
  }
  std::ranges::sort(all);
  return all;
}

void write_wear(ResultWriter& writer, DenseLayer const& layer, std::string const& group) {
  auto const slices = static_cast<std::size_t>(layer.slicing().slices);
  std::vector<std::uint64_t> histogram(slices * write_bins);
  std::vector<std::uint64_t> at_percentile;
  for (std::size_t slice = 0; slice < slices; ++slice) {
    std::vector<std::uint32_t> const writes = sorted_writes(layer, static_cast<int>(slice));
    for (std::uint32_t const count : writes) {
      ++histogram[slice * write_bins + static_cast<std::size_t>(std::bit_width(count))];
    }
    for (double const percentile : percentiles) {
      auto const rank = static_cast<std::size_t>(
          std::ceil(percentile / 100.0 * static_cast<double>(writes.size())));
      at_percentile.push_back(writes[std::max<std::size_t>(rank, 1) - 1]);
    }
  }
  writer.write_array(group, layer_arrays::writes_histogram, histogram, {slices, write_bins});
  writer.write_array(group, layer_arrays::writes_percentiles, at_percentile,
                     {slices, percentiles.size()});
}

}  // namespace

std::string layer_path(int index) { return fmt::format("/layers/layer_{}", index); }

void write_final_state(ResultWriter& writer, Trainer const& trainer, RunConfig const& config) {
  for (DenseLayer const& layer : trainer.layers()) {
    XbarShape const& shape = layer.shape();
    Slicing const& slicing = layer.slicing();
    std::string const group = layer_path(layer.spec().index);
    auto const rows = static_cast<hsize_t>(shape.rows);
    auto const cols = static_cast<hsize_t>(shape.cols);
    writer.write_array_blocks<double>(
        group, layer_arrays::weights, {rows, cols}, static_cast<hsize_t>(block_rows(shape)),
        [&](hsize_t first, hsize_t count) {
          return layer.weights(0, {static_cast<int>(first), static_cast<int>(count)});
        });
    int const largest = *std::max_element(slicing.cell_bits, slicing.cell_bits + slicing.slices);
    std::size_t const bins = std::size_t{1} << largest;
    writer.write_array(group, layer_arrays::level_histogram, level_histogram(layer, bins),
                       {static_cast<hsize_t>(slicing.slices), bins});
    if (layer.counts_writes()) write_wear(writer, layer, group);
    if (!config.output.final_levels) continue;
    writer.write_array_blocks<std::int16_t>(
        group, layer_arrays::slice_codes, {static_cast<hsize_t>(shape.planes), rows, cols}, 1,
        [&](hsize_t first, hsize_t count) {
          return dense_codes(layer, static_cast<int>(first), static_cast<int>(count));
        });
  }
}

void load_final_state(ResultReader const& reader, std::string const& name, Trainer& trainer) {
  for (DenseLayer& layer : trainer.layers()) {
    std::string const path =
        layer_path(layer.spec().index) + "/" + std::string(layer_arrays::slice_codes.name);
    if (!reader.has(path)) {
      throw UserError(fmt::format(
          "{}: holds no device states ({}); train with output.final_levels = true", name, path));
    }
    layer.load_codes(reader.array<std::int16_t>(path).values);
  }
}

void load_checkpoint_state(std::filesystem::path const& checkpoint, RunConfig const& config,
                           Trainer& trainer) {
  if (!std::filesystem::exists(checkpoint)) {
    throw UserError(
        fmt::format("{}: no such file: the run is unfinished and has no checkpoint yet (one is "
                    "written after every epoch, and every output.checkpoint_every_batches)",
                    checkpoint.string()));
  }
  RunCheckpointReader const state(checkpoint, config);
  StateArchive archive = StateArchive::loader(state);
  for (DenseLayer& layer : trainer.layers()) layer.restore_codes(archive);
}

}  // namespace panther
