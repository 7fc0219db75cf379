// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How an update is cut into units of work: a unit is a row of one replica that some example drives.
// Rows without input cost nothing, and threads share the active rows evenly. Rejected: tiles of
// columns, as reads are cut, so that a thread moves what it reads: short rows cost an update 40 %
// more, lines that stay in a core's caches saved nothing.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/xbar/update.hpp"

namespace panther {

/// Columns whose random words share sixteen blocks.
inline constexpr int group_columns = 64;

struct ActiveRow {
  std::int32_t replica;
  std::int32_t row;
};

/// The rows that an update drives, replica by replica, ascending. Keeps its memory between updates.
class ActiveRows {
 public:
  std::vector<ActiveRow> const& find(UpdateArgs const& args) {
    auto const rows = static_cast<std::size_t>(args.shape.rows);
    rows_.resize(static_cast<std::size_t>(args.shape.replicas) * rows);
    driven_.resize(rows);
    std::size_t count = 0;
    for (int replica = 0; replica < args.shape.replicas; ++replica) {
      mark_driven(args, replica);
      for (std::size_t row = 0; row < rows; ++row) {
        // Which rows are active is hard to predict: every row is written, an idle one over again.
        rows_[count] = {replica, static_cast<std::int32_t>(row)};
        count += driven_[row] != 0 ? 1U : 0U;
      }
    }
    rows_.resize(count);
    return rows_;
  }

  /// All rows.
  std::vector<ActiveRow> const& all(XbarShape const& shape) {
    rows_.clear();
    for (int replica = 0; replica < shape.replicas; ++replica) {
      for (int row = 0; row < shape.rows; ++row) rows_.push_back({replica, row});
    }
    return rows_;
  }

 private:
  void mark_driven(UpdateArgs const& args, int replica) {
    bool const all = args.drive == UpdateDrive::delta;
    std::ranges::fill(driven_, static_cast<std::int16_t>(all ? 1 : 0));
    for (int example = 0; !all && example < args.examples; ++example) {
      std::int64_t const vector = static_cast<std::int64_t>(replica) * args.batch + example;
      std::int16_t const* const x = args.x + vector * args.shape.rows;
      std::ranges::transform(driven_, std::span(x, driven_.size()), driven_.begin(), std::bit_or{});
    }
  }

  std::vector<ActiveRow> rows_;
  std::vector<std::int16_t> driven_;  // [row] of one replica: 0 where no example drives it
};

/// Rows that are worth a thread: some microseconds of work.
inline std::int64_t update_grain(UpdateArgs const& args) {
  std::int64_t const devices =
      static_cast<std::int64_t>(args.shape.planes) * args.shape.cols * args.examples;
  return 1 + 20000 / devices;
}

}  // namespace panther
