// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How an update is cut into units of work: a unit is a row of one replica that some example drives.
// Rows without input cost nothing. Rejected: tiles of columns, as reads are cut, so that a thread
// moves what it reads: short rows cost an update 40 % more, lines that stay in a core's caches
// saved nothing.

#include <cstdint>

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

}  // namespace panther
