// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How an update is cut into units of work: a unit is a row of one replica that some example drives,
// within one tile of columns. Rows without input cost nothing, and threads share the units evenly.
// Units run tile by tile, and there are as many tiles as threads where the columns suffice: a
// thread then moves the columns that it reads in the MVM, and the devices stay in its caches.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/xbar/update.hpp"

namespace panther {

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

/// Columns whose random words share blocks: tiles begin at a multiple of them.
inline constexpr int group_columns = 64;

struct ColumnRange {
  int first;
  int last;
};

struct UpdateUnits {
  std::int64_t rows;  // active ones
  int tile_groups;
  int tiles;

  std::int64_t count() const { return rows * tiles; }

  ColumnRange columns(std::int64_t tile, int cols) const {
    auto const first = static_cast<int>(tile) * tile_groups * group_columns;
    return {first, smaller(cols, first + tile_groups * group_columns)};
  }
};

inline UpdateUnits update_units(UpdateArgs const& args, std::size_t active_rows, int threads) {
  constexpr int least_groups = 2;  // narrower tiles: what a row costs whatever its width shows
  int const groups = (args.shape.cols + group_columns - 1) / group_columns;
  int const tile_groups = larger(least_groups, (groups + threads - 1) / threads);
  return {static_cast<std::int64_t>(active_rows), tile_groups,
          (groups + tile_groups - 1) / tile_groups};
}

/// Units that are worth a thread: some microseconds of work.
inline std::int64_t update_grain(UpdateArgs const& args, UpdateUnits const& units) {
  int const columns = smaller(args.shape.cols, units.tile_groups * group_columns);
  return 1 + 20000 / (static_cast<std::int64_t>(args.shape.planes) * columns * args.examples);
}

}  // namespace panther
