// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Carry resolution, programming and merging: a thread has one weight with all its slices. A block
// of threads stays within one replica and counts in shared memory, so that thousands of written
// cells cost a few atomics on device memory. Columns side by side: every plane's codes are read and
// written in whole sectors. Bound: memory (2 bytes read a device, 2 written where a digit changes).
// Pairs of one-sided devices, and devices that hide their state, take the plain functor: their
// longer code would cost all other cells registers. So does the refresh of such pairs.

#include "kernels/cuda/block_kernel.hpp"
#include "kernels/cuda/long_items.hpp"
#include "kernels/xbar/refresh.hpp"

namespace panther::cuda {

/// `Moves`: as of ResolveWeight.
template <class Moves>
struct ResolveBlocks {
  ResolveWeight<Moves, false> weight;

  static constexpr int max_threads = 128;
  static constexpr int resident_blocks = 5;

  struct Shared {
    SliceCounters slices[max_slices];
    LayerCounters layer;
  };
  struct Private {};

  PANTHER_HD int threads() const { return max_threads; }
  PANTHER_HD int steps() const { return 3; }
  PANTHER_HD std::int64_t replica_items() const {
    return static_cast<std::int64_t>(weight.args.shape.rows) * weight.args.shape.cols;
  }
  PANTHER_HD std::int64_t replica_blocks() const { return pieces_of(replica_items(), max_threads); }
  PANTHER_HD std::int64_t blocks() const { return weight.args.shape.replicas * replica_blocks(); }

  PANTHER_HD void step(int index, std::int64_t block, int thread, Shared& shared, Private&) const {
    auto const replica = static_cast<int>(block / replica_blocks());
    if (weight.args.active != nullptr && weight.args.active[replica] == 0) return;
    if (index == 0) {
      if (thread < max_slices) shared.slices[thread] = {0, 0, 0, 0, 0, 0, 0, 0};
      if (thread == 0) shared.layer = {0, 0, 0, 0, 0};
    } else if (index == 1) {
      std::int64_t const item = block % replica_blocks() * max_threads + thread;
      if (item >= replica_items()) return;
      weight.resolve(replica * replica_items() + item, shared.slices, shared.layer);
    } else {
      flush(replica, thread, shared);
    }
  }

  PANTHER_HD void flush(int replica, int thread, Shared const& shared) const {
    if (thread < weight.args.slicing.slices) {
      weight.add_counts(replica, thread, shared.slices[thread]);
    }
    if (thread == 0) weight.add_counts(replica, shared.layer);
  }
};

template <class Moves, class Launcher>
void launch_resolve(Launcher& launcher, ResolveArgs const& args, Moves const& moves) {
  if (is_special(args)) {
    launcher.blocks(LongItems<ResolveWeight<Moves>>{ResolveWeight<Moves>{args, moves}});
  } else {
    launcher.blocks(ResolveBlocks<Moves>{ResolveWeight<Moves, false>{args, moves}});
  }
}

template <class Moves, class Launcher>
void launch_refresh(Launcher& launcher, RefreshArgs const& args, Moves const& moves) {
  launcher.blocks(LongItems<RefreshWeight<Moves>>{refresh_weight(args, moves)});
}

}  // namespace panther::cuda
