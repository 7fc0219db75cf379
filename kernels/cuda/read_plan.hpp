// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a read is cut into blocks of threads, and where the blocks leave what they sum.

#include <cstdint>

#include "kernels/cuda/block_kernel.hpp"
#include "kernels/xbar/read.hpp"

namespace panther::cuda {

/// Sensed lines of a block: a warp's lanes.
inline constexpr int tile_lanes = warp_threads;
/// Warps of a block; each has its own stream steps or its own example.
inline constexpr int tile_workers = 4;
/// Most bytes that partial sums may take; longer reads go through in several launches.
inline constexpr std::int64_t most_part_bytes = std::int64_t{128} << 20;

struct ReadPlan {
  int first_example;  // of this launch
  int examples;
  int line_blocks;  // blocks of driven lines
  int tiles;        // of sensed lines
  int step_groups;  // warps that share an example's stream steps, steps_of_block each
  int slots;        // examples that a block works on at a time
  int conversions;  // of a line in one block of driven lines; 0: not counted (collapsed reads)

  /// Partial sums of one output.
  PANTHER_HD int entries(int planes) const { return planes * line_blocks * step_groups; }
  PANTHER_HD std::int64_t parts(ReadArgs const& args) const {
    return static_cast<std::int64_t>(args.shape.replicas) * examples * entries(args.shape.planes) *
           args.sensed_lines();
  }
  /// Parts lie as [replica][example of the launch][entry][sensed line].
  PANTHER_HD std::int64_t part(ReadArgs const& args, int replica, int example, int entry,
                               int sensed) const {
    std::int64_t const vector = static_cast<std::int64_t>(replica) * examples + example;
    return (vector * entries(args.shape.planes) + entry) * args.sensed_lines() + sensed;
  }
};

/// True if input digits are whole bytes.
PANTHER_HD bool byte_steps(ReadArgs const& args) { return args.step_bits() == 8; }

/// True if outputs need the noise power of their parts.
PANTHER_HD bool needs_power(ReadArgs const& args) {
  return args.noisy && args.mode == ReadMode::collapsed;
}

/// True if a bit-serial read's conversions are exact and nobody looks at them: then the collapsed
/// read gives the same bits for an eighth of the products.
PANTHER_HD bool collapses(ReadArgs const& args) {
  return args.mode == ReadMode::bit_serial && !args.noisy && args.adc_bits == 0 &&
         args.observed_peak == nullptr;
}

/// The plan of examples from `first` on, as many as their partial sums may take memory.
inline ReadPlan read_plan(ReadArgs const& args, int first, int conversions) {
  ReadPlan plan{};
  plan.conversions = conversions;
  plan.first_example = first;
  plan.line_blocks = static_cast<int>(pieces_of(args.driven_lines(), args.block_lines));
  plan.tiles = static_cast<int>(pieces_of(args.sensed_lines(), tile_lanes));
  plan.step_groups = byte_steps(args) ? 1 : args.stream_steps() / steps_of_block;
  plan.examples = 1;
  std::int64_t const example_bytes =
      plan.parts(args) * static_cast<std::int64_t>(sizeof(std::int64_t)) * 2;
  std::int64_t const fitting = larger<std::int64_t>(1, most_part_bytes / example_bytes);
  plan.examples = static_cast<int>(smaller<std::int64_t>(args.examples - first, fitting));
  plan.slots = smaller(plan.examples, tile_workers / plan.step_groups);
  return plan;
}

/// Partial sums of a launch.
struct ReadParts {
  std::int64_t* sums;  // over a block's lines and a worker's steps, in codes of input LSBs
  double* powers;      // noise power of a collapsed read, in squared units of the output
};

}  // namespace panther::cuda
