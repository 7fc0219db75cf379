// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A read as the launches of its two halves. `Launcher` runs them: on a GPU, or serially in a test.

#include <stdexcept>
#include <string>

#include "kernels/cuda/combine_reads.hpp"
#include "kernels/cuda/read_tiles.hpp"

namespace panther::cuda {

/// Tiles are loaded 16 bytes at a time.
inline void check_stride(XbarShape const& shape) {
  if (shape.stride % column_alignment != 0 || shape.stride < shape.cols) {
    throw std::invalid_argument("crossbar stride = " + std::to_string(shape.stride) +
                                " (must be a multiple of " + std::to_string(column_alignment) +
                                " that holds " + std::to_string(shape.cols) + " columns)");
  }
}

template <bool Noisy, bool Bytes, class Launcher>
void queue_tiles(Launcher& launcher, ReadArgs const& args, ReadPlan const& plan,
                 ReadParts const& parts) {
  launcher.blocks(ReadTiles<Noisy, Bytes>{ReadLine{args}, plan, parts});
}

template <class Launcher>
void launch_read(Launcher& launcher, ReadArgs args) {
  check_stride(args.shape);
  int const conversions = args.mode == ReadMode::bit_serial ? args.stream_steps() : 0;
  if (collapses(args)) args.mode = ReadMode::collapsed;
  for (int first = 0; first < args.examples;) {
    ReadPlan const plan = read_plan(args, first, conversions);
    std::int64_t const parts_bytes = plan.parts(args) * std::int64_t{sizeof(std::int64_t)};
    auto* const memory = static_cast<char*>(launcher.scratch(2 * parts_bytes));
    ReadParts const parts{reinterpret_cast<std::int64_t*>(memory),
                          reinterpret_cast<double*>(memory + parts_bytes)};
    if (byte_steps(args)) {
      args.noisy ? queue_tiles<true, true>(launcher, args, plan, parts)
                 : queue_tiles<false, true>(launcher, args, plan, parts);
    } else {
      args.noisy ? queue_tiles<true, false>(launcher, args, plan, parts)
                 : queue_tiles<false, false>(launcher, args, plan, parts);
    }
    if (needs_power(args)) {
      launcher.blocks(CombineReads<true>{ReadLine{args}, plan, parts});
    } else {
      launcher.blocks(CombineReads<false>{ReadLine{args}, plan, parts});
    }
    first += plan.examples;
  }
}

}  // namespace panther::cuda
