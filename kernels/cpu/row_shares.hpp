// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The active rows of a layer, shared by threads in proportion to the work that each still lacks.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "kernels/cpu/row_bands.hpp"
#include "kernels/cpu/update_units.hpp"

namespace panther {

/// Work of an updated row, in devices. A short row costs as much as one of some hundred columns.
inline std::int64_t row_work(UpdateArgs const& args) {
  return static_cast<std::int64_t>(args.shape.planes) * larger(args.shape.cols, 128) *
         args.examples;
}

/// Rows that are worth a thread's share: a microsecond of work.
inline std::int64_t update_grain(UpdateArgs const& args) { return 1 + 6000 / row_work(args); }

/// To which level `work` fills the loads up, as water fills vessels.
inline std::int64_t filled_level(std::span<std::int64_t const> loads, std::int64_t work) {
  std::int64_t level = std::numeric_limits<std::int64_t>::max();
  for (;;) {
    std::int64_t sum = work;
    std::int64_t below = 0;
    for (std::int64_t const load : loads) {
      if (load >= level) continue;
      sum += load;
      ++below;
    }
    if (below == 0 || sum / below >= level) return level;
    level = sum / below;
  }
}

/// Keeps its memory between updates.
class RowShares {
 public:
  /// Takes the rows that an update drives. Returns how many there are.
  std::int64_t mark(UpdateArgs const& args) {
    if (args.drive == UpdateDrive::delta) return mark_all(args.shape);
    begin(args.shape, 0);
    for (int replica = 0; replica < args.shape.replicas; ++replica) mark_driven(args, replica);
    return count_ = driven_rows(driven_);
  }

  /// Takes all rows.
  std::int64_t mark_all(XbarShape const& shape) {
    begin(shape, 1);
    return count_ = static_cast<std::int64_t>(driven_.size());
  }

  /// Shares the rows among as many threads as can have `grain` rows each, the last ones, and adds
  /// `work` a row to their loads, which become as equal as they can. Returns how many take part.
  int deal(std::int64_t grain, std::int64_t work, std::span<std::int64_t> loads) {
    auto const most = static_cast<std::int64_t>(loads.size());
    auto const shares = std::clamp<std::int64_t>(count_ / grain, 1, most);
    std::span<std::int64_t> const taking = loads.last(static_cast<std::size_t>(shares));
    std::int64_t const level = filled_level(taking, count_ * work);
    before_.assign(1, 0);
    for (std::int64_t const load : taking) {
      before_.push_back(before_.back() + std::max<std::int64_t>(level - load, 0));
    }
    std::int64_t const lacking = std::max<std::int64_t>(before_.back(), 1);
    for (std::int64_t& rows : before_) rows = count_ * rows / lacking;
    for (std::size_t i = 0; i < taking.size(); ++i) {
      taking[i] += (before_[i + 1] - before_[i]) * work;
    }
    place_bands(
        driven_, static_cast<int>(shares),
        [&](int band) { return before_[static_cast<std::size_t>(band)]; }, ends_);
    return static_cast<int>(shares);
  }

  /// The rows of one of `threads` threads, replica by replica, ascending; each lists its own. The
  /// last threads have shares.
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

  std::size_t rows_ = 0;              // of a replica
  std::int64_t count_ = 0;            // of active rows
  std::vector<std::int16_t> driven_;  // [replica][row]: 0 where no example drives it
  std::vector<ActiveRow> listed_;     // [replica][row], each share's from where it begins
  std::vector<std::int64_t> before_;  // [share + 1]: active rows of earlier shares
  std::vector<std::size_t> ends_;     // [share + 1]
};

}  // namespace panther
