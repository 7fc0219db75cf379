// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An element-by-element functor of long code, with the registers that it needs: 128 a thread.

#include "kernels/cuda/block_kernel.hpp"

namespace panther::cuda {

template <class Functor>
struct LongItems {
  Functor functor;

  static constexpr int max_threads = 128;
  static constexpr int resident_blocks = 4;

  struct Shared {};
  struct Private {};

  PANTHER_HD int threads() const { return max_threads; }
  PANTHER_HD int steps() const { return 1; }
  PANTHER_HD std::int64_t blocks() const { return pieces_of(functor.items(), max_threads); }

  PANTHER_HD void step(int, std::int64_t block, int thread, Shared&, Private&) const {
    std::int64_t const item = block * max_threads + thread;
    if (item < functor.items()) functor(item);
  }
};

}  // namespace panther::cuda
