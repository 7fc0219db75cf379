// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The sums of an analog read: voltages of the lines, values of the devices, and their products.

#include "kernels/cpu/analog_job.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// Standard normals of the drivers in four stream steps, [step][line].
void draw_driver_normals(AnalogJob const& job, LineInputs const& inputs, int plane,
                         std::uint64_t read, int step_block, float* normals) {
  std::uint64_t const seed = job.seed();
  std::uint64_t const first = item_of_driver(*job.job.args, plane, 0);
  for (int i = 0; i < inputs.count; ++i) {
    std::uint64_t const line = static_cast<std::uint32_t>(larger(inputs.line[i], 0));
    PhiloxWords const words = driver_words(seed, first + (line << 22), read, step_block);
    NormalPair const low = normal_pair(words.w[0], words.w[1]);
    NormalPair const high = normal_pair(words.w[2], words.w[3]);
    normals[i] = low.first;
    normals[max_lines + i] = low.second;
    normals[2 * max_lines + i] = high.first;
    normals[3 * max_lines + i] = high.second;
  }
}

/// One stream's voltages and what the sums weight with; `normals` is null without driver noise.
void drive_stream(AnalogJob const& job, std::int16_t const* digits, float const* normals,
                  int stream, LineInputs& inputs) {
  AnalogConstants const& k = *job.k;
  float* const voltage = inputs.voltage + stream * max_lines;
  float* const drift = inputs.drift + stream * max_lines;
  float* const square = inputs.square + stream * max_lines;
  float* const magnitude = inputs.magnitude + stream * max_lines;
  if (job.terms.drift) {
    for (int i = 0; i < inputs.count; ++i) {
      auto const digit = static_cast<float>(digits[i]);
      float const u = line_voltage(k, digit, normals == nullptr ? 0.0F : normals[i]);
      voltage[i] = u * inputs.present[i];
      drift[i] = (u - digit) * inputs.present[i];
    }
  } else {
    for (int i = 0; i < inputs.count; ++i) voltage[i] = static_cast<float>(digits[i]);
  }
  for (int i = 0; i < inputs.count; ++i) {
    square[i] = voltage[i] * voltage[i];
    magnitude[i] = voltage[i] < 0.0F ? -voltage[i] : voltage[i];
  }
}

/// Codes and conductances of a packed panel, [line][lane].
void unpack_values(AnalogJob const& job, BlockInput const& block, int plane,
                   std::int32_t const* packed, AnalogPanel& panel) {
  Slicing const& slicing = job.job.args->slicing;
  auto const range = static_cast<float>(window_range(slicing.cell_bits[slicing.slice_of(plane)]));
  float const least = job.job.args->devices[job.job.replica].g_min_in_windows;
  bool const mirrored = slicing.mirrored(plane);
  for (int i = 0; i < 2 * block.pairs; ++i) {
    std::int32_t const* const from = packed + i / 2 * panel_lines;
    float* const codes = panel.codes + i * panel_lines;
    float* const g = panel.g + i * panel_lines;
    for (int lane = 0; lane < panel_lines; ++lane) {
      std::int32_t const both = from[lane];
      auto const code = static_cast<std::int16_t>(i % 2 == 0 ? both : both >> 16);
      codes[lane] = static_cast<float>(code);
      g[lane] = conductance_codes(least, range, code, mirrored);
    }
  }
}

/// [stream][line] weights by [line][lane] values.
void add_weighted(AnalogJob const& job, BlockInput const& block, float const* weights,
                  float const* values, float* sums) {
  BlockInput weighted;
  weighted.pairs = block.pairs;
  weighted.weights = const_cast<float*>(weights);
  add_powers(job.job, weighted, values, sums);
}

/// Every example's own changes of conductance by its own voltages.
void add_changes(AnalogJob const& job, BlockInput const& block, LineInputs const& inputs,
                 AnalogPanel& panel) {
  AnalogJob one = job;
  one.job.streams = job.job.steps;
  for (int example = 0; example < job.job.examples; ++example) {
    add_weighted(one, block, inputs.voltage + example * job.job.steps * max_lines,
                 panel.changes + example * max_lines * panel_lines,
                 panel.change + example * job.job.steps * panel_lines);
  }
}

void add_conductances(LineInputs const& inputs, AnalogPanel& panel) {
  for (int lane = 0; lane < panel_lines; ++lane) panel.conductance[lane] = 0.0F;
  for (int i = 0; i < inputs.count; ++i) {
    float const* const g = panel.g + i * panel_lines;
    float const present = inputs.present[i];
    for (int lane = 0; lane < panel_lines; ++lane) {
      panel.conductance[lane] = fused(present, g[lane], panel.conductance[lane]);
    }
  }
}

}  // namespace

void find_lines(AnalogJob const& job, int block, LineInputs& inputs) {
  BlockInput const& input = job.job.inputs[block];
  int const first = block * job.job.block_lines;
  int const end = smaller(first + job.job.block_lines, job.job.args->driven_lines());
  inputs.count = 2 * input.pairs;
  for (int i = 0; i < inputs.count; ++i) {
    int const line = job.job.rows_driven()
                         ? first + i
                         : input.chunk[i / (2 * chunk_pairs)] + i % (2 * chunk_pairs);
    bool const inside = line >= first && line < end;
    inputs.line[i] = inside ? line : -1;
    inputs.present[i] = inside ? 1.0F : 0.0F;
  }
}

void drive_lines(AnalogJob const& job, int plane, int block, LineInputs& inputs) {
  bool const noisy = job.k->driver.noise != 0.0F;
  alignas(64) float normals[steps_of_block * max_lines];
  for (int example = 0; example < job.job.examples; ++example) {
    for (int step = 0; step < job.job.steps; ++step) {
      int const within = step % steps_of_block;
      if (noisy && within == 0) {
        draw_driver_normals(job, inputs, plane, job.read_of(example),
                            job.args->bounds.drawn_step(step) / steps_of_block, normals);
      }
      int const stream = example * job.job.steps + step;
      auto const* const digits =
          reinterpret_cast<std::int16_t const*>(job.job.inputs[block].digits + stream * max_pairs);
      drive_stream(job, digits, noisy ? normals + within * max_lines : nullptr, stream, inputs);
    }
  }
}

void add_analog_sums(AnalogJob const& job, PanelLanes const& lanes, int plane, int block,
                     AnalogScratch& scratch) {
  BlockInput const& input = job.job.inputs[block];
  LineInputs const& inputs = scratch.inputs;
  AnalogPanel& panel = scratch.panel;
  pack_panel(job.job, input, plane, lanes.panel, scratch.buffers.panel);
  add_products(job.job, input, scratch.buffers.panel, {}, scratch.buffers.sums);
  AnalogTerms const& terms = job.terms;
  if (!terms.any()) return;
  unpack_values(job, input, plane, scratch.buffers.panel, panel);
  if (terms.drift) add_weighted(job, input, inputs.drift, panel.codes, panel.drift);
  if (terms.change) {
    fluctuate(job, lanes, plane, scratch);
    add_changes(job, input, inputs, panel);
  }
  if (terms.power) {
    square_conductances(job.job, input, plane, scratch.buffers.panel, panel.squares);
    add_weighted(job, input, inputs.square, panel.squares, panel.power);
  }
  if (terms.flow) add_weighted(job, input, inputs.magnitude, panel.g, panel.flow);
  if (terms.conductance) add_conductances(inputs, panel);
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
