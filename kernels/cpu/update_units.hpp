// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How an update is cut into units of work: a unit is a row of one replica that some example drives.
// Rows without input cost nothing, and threads share the active rows evenly.

#include <cstdint>
#include <vector>

#include "kernels/xbar/update.hpp"

namespace panther {

struct ActiveRow {
  std::int32_t replica;
  std::int32_t row;
};

/// Replaces `rows` by the active rows, replica by replica, ascending.
inline void find_active_rows(UpdateArgs const& args, std::vector<ActiveRow>& rows) {
  rows.resize(static_cast<std::size_t>(args.shape.replicas) *
              static_cast<std::size_t>(args.shape.rows));
  std::size_t count = 0;
  for (int replica = 0; replica < args.shape.replicas; ++replica) {
    for (int row = 0; row < args.shape.rows; ++row) {
      bool active = args.drive == UpdateDrive::delta;
      for (int example = 0; !active && example < args.examples; ++example) {
        std::int64_t const vector = static_cast<std::int64_t>(replica) * args.batch + example;
        active = args.x[vector * args.shape.rows + row] != 0;
      }
      // Which rows are active is hard to predict: every row is written, an idle one over again.
      rows[count] = {replica, row};
      count += active ? 1 : 0;
    }
  }
  rows.resize(count);
}

/// Rows that are worth a thread: some microseconds of work.
inline std::int64_t update_grain(UpdateArgs const& args) {
  std::int64_t const devices =
      static_cast<std::int64_t>(args.shape.planes) * args.shape.cols * args.examples;
  return 1 + 20000 / devices;
}

}  // namespace panther
