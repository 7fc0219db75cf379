// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A read whose driven rows are cut into bands (row_bands.hpp), one a thread, instead of its sensed
// columns into panels: each thread sums its rows for every column, and the bands' sums are added at
// the end, exactly, in integers. For reads of single vectors, which training at batch size 1
// consists of; more vectors share packed panels.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/cpu/read_units.hpp"
#include "kernels/cpu/row_bands.hpp"
#include "kernels/cpu/thread_pool.hpp"

namespace panther {

/// Sums of nothing but codes, of one vector through one replica's rows.
PANTHER_HD bool can_read_in_bands(ReadArgs const& args) {
  return args.mode == ReadMode::collapsed && args.driven == Driven::rows && !args.noisy &&
         args.shape.replicas == 1 && args.examples == 1;
}

class BandedRead {
 public:
  /// Calls kernel(args, band) in parallel. Keeps its memory between reads.
  void run(ThreadPool& pool, ReadArgs const& args,
           void (*kernel)(ReadArgs const& args, LineBand band)) {
    std::span const inputs(args.inputs, static_cast<std::size_t>(args.driven_lines()));
    std::int64_t const driven = driven_rows(inputs);
    auto const bands = static_cast<int>(
        std::clamp<std::int64_t>(driven / grain_of(row_products(args)), 1, pool.threads()));
    place_even_bands(inputs, driven, bands, ends_);
    auto const sensed = static_cast<std::size_t>(args.sensed_lines());
    partial_.resize(static_cast<std::size_t>(bands - 1) * sensed);
    pool.run(bands, [&](int band) {
      ReadArgs part = args;
      auto const at = static_cast<std::size_t>(band);
      if (band > 0) part.sums = owned(partial_.data() + (at - 1) * sensed, sensed);
      kernel(part, {static_cast<int>(ends_[at]), static_cast<int>(ends_[at + 1])});
    });
    for (std::size_t i = 0; i < partial_.size(); ++i) args.sums[i % sensed] += partial_[i];
  }

 private:
  /// Fetches what this thread will write, and another has read, before it is needed.
  static i128* owned(i128* sums, std::size_t count) {
    constexpr std::size_t of_line = 64 / sizeof(i128);
    for (std::size_t i = 0; i < count; i += of_line) __builtin_prefetch(sums + i, 1);
    return sums;
  }

  std::vector<std::size_t> ends_;  // [band + 1]
  std::vector<i128> partial_;      // [band - 1][sensed line]
};

}  // namespace panther
