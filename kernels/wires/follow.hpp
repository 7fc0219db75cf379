// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the periphery sees of devices that have moved since the last look at their drops: it moves
// as the devices do,
//   seen now = seen then + own now - own then,
// held within int16. Without drops that is what a look would see. Error: a move is seen whole where
// a look sees the part of it that the wires leave, so some drop times the move.
//
// Both codes of then are kept, because their difference needs 17 bits: a device of a pair can lose
// more than half of its window. Read: 6 bytes a device; written: 2. Bound by memory.

#include <cstddef>
#include <cstdint>

#include "devicemodels/core/math.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther {

/// Codes of one set of devices, all laid out alike.
struct FollowArgs {
  XbarShape shape;
  std::int16_t const* codes;      // own, now
  std::int16_t const* own_then;   // at the last look
  std::int16_t const* seen_then;  // likewise
  std::int16_t* seen;             // now
  int set;
};

/// One item: `Together` neighbouring devices. Together divides column_alignment; padding follows,
/// too, and stays as it is.
template <int Together>
struct FollowDevices {
  FollowArgs args;

  PANTHER_HD std::int64_t items_of_replica() const {
    return args.shape.planes * args.shape.plane_size() / Together;
  }
  PANTHER_HD std::int64_t items() const { return args.shape.replicas * items_of_replica(); }

  PANTHER_HD void operator()(std::int64_t item) const {
    auto const replica = static_cast<int>(item / items_of_replica());
    std::int64_t const first =
        args.shape.index(replica, args.set, 0, 0, 0) + item % items_of_replica() * Together;
    std::int16_t now[std::size_t{Together}];
    for (int i = 0; i < Together; ++i) {
      std::int64_t const at = first + i;
      std::int32_t const moved = args.seen_then[at] + args.codes[at] - args.own_then[at];
      now[i] = static_cast<std::int16_t>(clamped(moved, -32768, 32767));
    }
    for (int i = 0; i < Together; ++i) args.seen[first + i] = now[i];
  }
};

}  // namespace panther
