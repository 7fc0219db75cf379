// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A read of which only some sensed rows' sums are used: these are listed, and the list is shared by
// threads. Training at batch size 1 through rectified units consists of such transposed reads: most
// units are off, and their errors are zero whatever comes back to them.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/cpu/read_units.hpp"
#include "kernels/cpu/thread_pool.hpp"

namespace panther {

/// Sums of nothing but codes, for one vector through one replica's columns.
PANTHER_HD bool can_read_lines(ReadArgs const& args) {
  return args.used != nullptr && args.mode == ReadMode::collapsed &&
         args.driven == Driven::columns && !args.noisy && args.shape.replicas == 1 &&
         args.examples == 1;
}

class LineRead {
 public:
  /// Calls kernel(args, lines) in parallel. Keeps its memory between reads.
  void run(ThreadPool& pool, ReadArgs const& args,
           void (*kernel)(ReadArgs const& args, std::span<std::int32_t const> lines)) {
    list(args);
    pool.for_ranges(static_cast<std::int64_t>(lines_.size()), grain_of(row_products(args)),
                    [&](std::int64_t first, std::int64_t last) {
                      kernel(args,
                             std::span(lines_).subspan(static_cast<std::size_t>(first),
                                                       static_cast<std::size_t>(last - first)));
                    });
  }

 private:
  /// Lists the used lines. The others' sums become zero, which later passes convert fastest.
  void list(ReadArgs const& args) {
    lines_.resize(static_cast<std::size_t>(args.shape.rows) + 1);
    std::size_t count = 0;
    for (int row = 0; row < args.shape.rows; ++row) {
      lines_[count] = row;
      count += args.used[row] > 0 ? 1U : 0U;
    }
    lines_.resize(count);
    std::fill_n(args.sums, args.shape.rows, i128{0});
  }

  std::vector<std::int32_t> lines_;
};

}  // namespace panther
