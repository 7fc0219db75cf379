// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Inputs of a read as digit pairs, and the choice of the driven lines that count.

#include "kernels/cpu/read_job.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

constexpr std::int64_t cache_line = 64;

std::int64_t padded(std::int64_t bytes) {
  return (bytes + cache_line - 1) / cache_line * cache_line;
}

std::int64_t digit_bytes(Job const& job) {
  return static_cast<std::int64_t>(job.streams) * max_pairs * 4;
}

std::int64_t weight_bytes(Job const& job) { return job.power ? 2 * digit_bytes(job) : 0; }

std::int16_t const* input_of(Job const& job, int example) {
  std::int64_t const vector =
      static_cast<std::int64_t>(job.replica) * job.args->examples + job.first_example + example;
  return job.args->inputs + vector * job.args->driven_lines();
}

/// Marks the lines of a block that any example drives.
void mark_driven(Job const& job, int first, int lines, std::int16_t* driven) {
  for (int i = 0; i < lines; ++i) driven[i] = job.every_line ? 1 : 0;
  for (int example = 0; example < job.examples; ++example) {
    std::int16_t const* const input = input_of(job, example) + first;
    for (int i = 0; i < lines; ++i) driven[i] = static_cast<std::int16_t>(driven[i] | input[i]);
  }
}

/// Rows driven: the driven rows in ascending order, in pairs; an odd one is paired with itself.
void choose_rows(int first, int lines, std::int16_t const* driven, BlockInput& block) {
  int count = 0;
  for (int i = 0; i < lines; ++i) {
    block.line[count] = first + i;
    count += driven[i] != 0 ? 1 : 0;
  }
  if (count % 2 != 0) block.line[count] = block.line[count - 1];
  block.pairs = (count + 1) / 2;
  block.chunks = 0;
}

/// Columns driven: the aligned chunks of columns in which any is driven.
void choose_columns(int first, int lines, std::int16_t const* driven, BlockInput& block) {
  int const chunk_columns = 2 * chunk_pairs;
  block.chunks = 0;
  block.pairs = 0;
  for (int start = first / chunk_columns * chunk_columns; start < first + lines;
       start += chunk_columns) {
    int last = -1;
    int const from = larger(start, first) - first;
    int const to = smaller(start + chunk_columns, first + lines) - first;
    for (int i = from; i < to; ++i) {
      if (driven[i] != 0) last = first + i - start;
    }
    if (last < 0) continue;
    block.pairs = block.chunks * chunk_pairs + last / 2 + 1;
    block.chunk[block.chunks++] = start;
  }
}

/// Where the cache lines of a panel's block lie: two a pair.
void note_lines(Job const& job, BlockInput& block) {
  std::int64_t const stride = job.args->shape.stride;
  if (job.rows_driven()) {
    for (int i = 0; i < 2 * block.pairs; ++i) block.ahead[i] = block.line[i] * stride;
    return;
  }
  for (int i = 0; i < panel_lines * block.chunks; ++i) {
    block.ahead[i] = i % panel_lines * stride + block.chunk[i / panel_lines];
  }
}

/// The inputs of the block's lines in order, zero where a pair has no line of the block. Returns
/// how many.
int gather_inputs(Job const& job, BlockInput const& block, int first, int lines, int example,
                  std::int16_t* values) {
  std::int16_t const* const input = input_of(job, example);
  if (job.rows_driven()) {
    int const count = 2 * block.pairs;
    for (int i = 0; i < count; ++i) values[i] = input[block.line[i]];
    if (count > 1 && block.line[count - 1] == block.line[count - 2]) values[count - 1] = 0;
    return count;
  }
  int const chunk_columns = 2 * chunk_pairs;
  for (int c = 0; c < block.chunks; ++c) {
    for (int i = 0; i < chunk_columns; ++i) {
      int const column = block.chunk[c] + i;
      bool const inside = column >= first && column < first + lines;
      values[c * chunk_columns + i] = inside ? input[column] : std::int16_t{0};
    }
  }
  return block.chunks * chunk_columns;
}

void scale_inputs(std::int64_t scale, int count, std::int16_t* values) {
  for (int i = 0; i < count; ++i) values[i] = scaled_input(values[i], scale);
}

void write_digits(Job const& job, std::int16_t const* values, int count, int example,
                  std::int32_t* digits) {
  for (int step = 0; step < job.steps; ++step) {
    auto* const to =
        reinterpret_cast<std::int16_t*>(digits + (example * job.steps + step) * max_pairs);
    int const shift = step * job.step_bits;
    bool const last = step + 1 == job.steps;
    auto const mask = static_cast<std::int16_t>(last ? -1 : (1 << job.step_bits) - 1);
    for (int i = 0; i < count; ++i) to[i] = static_cast<std::int16_t>((values[i] >> shift) & mask);
  }
}

void write_weights(Job const& job, std::int16_t const* values, int count, int example,
                   float* weights) {
  ReadLine const line{*job.args};
  for (int step = 0; step < job.steps; ++step) {
    float* const to = weights + (example * job.steps + step) * 2 * max_pairs;
    for (int i = 0; i < count; ++i) {
      to[i] = line.noise_weight(values[i], step, stream_digit(values[i], step, job.step_bits));
    }
  }
}

}  // namespace

std::int64_t input_bytes(Job const& job) {
  return padded(job.blocks * static_cast<std::int64_t>(sizeof(BlockInput))) +
         job.blocks * (digit_bytes(job) + weight_bytes(job));
}

void prepare_inputs(Job& job, unsigned char* memory) {
  job.inputs = reinterpret_cast<BlockInput*>(memory);
  memory += padded(job.blocks * static_cast<std::int64_t>(sizeof(BlockInput)));
  alignas(64) std::int16_t values[2 * max_pairs];
  for (int b = 0; b < job.blocks; ++b) {
    BlockInput& block = job.inputs[b];
    block.digits = reinterpret_cast<std::int32_t*>(memory);
    memory += digit_bytes(job);
    block.weights = job.power ? reinterpret_cast<float*>(memory) : nullptr;
    memory += weight_bytes(job);
    int const begin = b * job.block_lines;
    int const first = job.band.first + begin;
    int const lines = smaller(job.block_lines, job.band.lines() - begin);
    mark_driven(job, first, lines, values);
    if (job.rows_driven()) {
      choose_rows(first, lines, values, block);
    } else {
      choose_columns(first, lines, values, block);
    }
    note_lines(job, block);
    for (int example = 0; example < job.examples; ++example) {
      int const count = gather_inputs(job, block, first, lines, example, values);
      if (job.scaled) scale_inputs(job.scale[example], count, values);
      write_digits(job, values, count, example, block.digits);
      if (job.power) write_weights(job, values, count, example, block.weights);
    }
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
