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

#include "kernels/cpu/row_bands.hpp"
#include "kernels/xbar/update.hpp"

namespace panther {

/// Columns whose random words share sixteen blocks.
inline constexpr int group_columns = 64;

struct ActiveRow {
  std::int32_t replica;
  std::int32_t row;
};

/// Calls visit(replica, its rows, their number) for every replica in `rows`.
template <class Visit>
void for_replicas(ActiveRow const* rows, std::int64_t count, Visit const& visit) {
  for (std::int64_t first = 0; first < count;) {
    std::int64_t last = first + 1;
    while (last < count && rows[last].replica == rows[first].replica) ++last;
    visit(rows[first].replica, rows + first, last - first);
    first = last;
  }
}

/// Rows that are worth a thread's share: a microsecond of work. A short row costs as much as one of
/// some hundred columns.
inline std::int64_t update_grain(UpdateArgs const& args) {
  std::int64_t const devices =
      static_cast<std::int64_t>(args.shape.planes) * larger(args.shape.cols, 128) * args.examples;
  return 1 + 6000 / devices;
}

/// The active rows of a layer, shared by threads. Keeps its memory between updates.
class RowShares {
 public:
  /// Rows that the update drives. Returns how many threads get a share of at least `grain` rows.
  int cut(UpdateArgs const& args, std::int64_t grain, int threads) {
    if (args.drive == UpdateDrive::delta) return cut_all(args.shape, grain, threads);
    begin(args.shape, 0);
    for (int replica = 0; replica < args.shape.replicas; ++replica) mark_driven(args, replica);
    return place(driven_rows(driven_), grain, threads);
  }

  /// All rows.
  int cut_all(XbarShape const& shape, std::int64_t grain, int threads) {
    begin(shape, 1);
    return place(static_cast<std::int64_t>(driven_.size()), grain, threads);
  }

  /// The rows of one of `threads` threads, replica by replica, ascending; each lists its own. The
  /// last threads have shares: the first, which calls, is the busier one between updates.
  std::span<ActiveRow const> list(int thread, int threads) {
    int const share = thread - (threads - static_cast<int>(ends_.size() - 1));
    if (share < 0) return {};
    std::size_t const first = ends_[static_cast<std::size_t>(share)];
    std::size_t const last = ends_[static_cast<std::size_t>(share) + 1];
    std::size_t count = first;
    ActiveRow row{static_cast<std::int32_t>(first / rows_),
                  static_cast<std::int32_t>(first % rows_)};
    for (std::size_t at = first; at < last; ++at) {
      // Which rows are active is hard to predict: every row is written, an idle one over again.
      listed_[count] = row;
      count += driven_[at] != 0 ? 1U : 0U;
      if (static_cast<std::size_t>(++row.row) == rows_) row = {row.replica + 1, 0};
    }
    return {listed_.data() + first, count - first};
  }

 private:
  void begin(XbarShape const& shape, std::int16_t driven) {
    rows_ = static_cast<std::size_t>(shape.rows);
    driven_.assign(static_cast<std::size_t>(shape.replicas) * rows_, driven);
    listed_.resize(driven_.size());
  }

  void mark_driven(UpdateArgs const& args, int replica) {
    std::span const marks(driven_.data() + static_cast<std::size_t>(replica) * rows_, rows_);
    for (int example = 0; example < args.examples; ++example) {
      std::int64_t const vector = static_cast<std::int64_t>(replica) * args.batch + example;
      std::int16_t const* const x = args.x + vector * args.shape.rows;
      std::ranges::transform(marks, std::span(x, rows_), marks.begin(), std::bit_or{});
    }
  }

  int place(std::int64_t driven, std::int64_t grain, int threads) {
    auto const shares = static_cast<int>(std::clamp<std::int64_t>(driven / grain, 1, threads));
    place_bands(driven_, driven, shares, ends_);
    return shares;
  }

  std::size_t rows_ = 0;              // of a replica
  std::vector<std::int16_t> driven_;  // [replica][row]: 0 where no example drives it
  std::vector<ActiveRow> listed_;     // [replica][row], each share's from where it begins
  std::vector<std::size_t> ends_;     // [share + 1]
};

}  // namespace panther
