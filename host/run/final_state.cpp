// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/final_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/base/errors.hpp"
#include "host/base/metric_rows.hpp"
#include "host/run/run_checkpoint.hpp"

namespace panther {

namespace {

/// Devices of each slice by rounded level, [slice][levels of the largest cell].
std::vector<std::uint64_t> level_histogram(DenseLayer const& layer,
                                           std::vector<std::int16_t> const& codes,
                                           std::size_t bins) {
  Slicing const& slicing = layer.slicing();
  XbarShape const& shape = layer.shape();
  std::vector<std::uint64_t> histogram(static_cast<std::size_t>(slicing.slices) * bins, 0);
  for (int plane = 0; plane < shape.planes; ++plane) {
    int const slice = slicing.slice_of(plane);
    HistogramArgs const args{.codes = codes.data() + plane * shape.plane_size(),
                             .bins = nullptr,
                             .rows = shape.rows,
                             .cols = shape.cols,
                             .stride = shape.stride,
                             .cell_bits = slicing.cell_bits[slice]};
    for (int row = 0; row < shape.rows; ++row) {
      for (int col = 0; col < shape.cols; ++col) {
        ++histogram[static_cast<std::size_t>(slice) * bins +
                    static_cast<std::size_t>(level_bin(args, row, col))];
      }
    }
  }
  return histogram;
}

/// The codes without the columns that only fill vectors.
std::vector<std::int16_t> dense_codes(XbarShape const& shape,
                                      std::vector<std::int16_t> const& codes) {
  std::vector<std::int16_t> dense;
  dense.reserve(static_cast<std::size_t>(shape.planes) * static_cast<std::size_t>(shape.rows) *
                static_cast<std::size_t>(shape.cols));
  for (std::int64_t line = 0; line < static_cast<std::int64_t>(shape.planes) * shape.rows; ++line) {
    auto const first = codes.begin() + line * shape.stride;
    dense.insert(dense.end(), first, first + shape.cols);
  }
  return dense;
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
    writer.write_array(group, layer_arrays::weights, layer.weights(0), {rows, cols});
    std::vector<std::int16_t> const codes = layer.codes(0);
    int const largest = *std::max_element(slicing.cell_bits, slicing.cell_bits + slicing.slices);
    std::size_t const bins = std::size_t{1} << largest;
    writer.write_array(group, layer_arrays::level_histogram, level_histogram(layer, codes, bins),
                       {static_cast<hsize_t>(slicing.slices), bins});
    if (!config.output.final_levels) continue;
    writer.write_array(group, layer_arrays::slice_codes, dense_codes(shape, codes),
                       {static_cast<hsize_t>(shape.planes), rows, cols});
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
  StateMap state = read_run_checkpoint(checkpoint, config);
  StateArchive archive = StateArchive::loader(state);
  for (DenseLayer& layer : trainer.layers()) layer.restore_codes(archive);
}

}  // namespace panther
