// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Forward, backward and drive: a block of threads has one vector of one replica. Its threads find
// the peak that decides the format (an integer maximum: float magnitudes order like their bits),
// convert the elements, and add up the saturations (integers). The two reductions between are the
// launcher's: CUB's on a GPU, a loop in a test.

#include <cstdint>

#include "kernels/cuda/block_kernel.hpp"
#include "kernels/digital/operations.hpp"

namespace panther::cuda {

PANTHER_HD int elements_of(ForwardVector const& vector) { return vector.args.cols; }
PANTHER_HD int elements_of(BackwardVector const& vector) { return vector.args.width; }
PANTHER_HD int elements_of(DriveVector const& vector) { return vector.args.cols; }

/// An element's share in the peak, as an integer that orders like it.
template <class Vector>
PANTHER_HD std::int32_t peak_key(Vector const& op, std::int64_t vector, int element) {
  return op.peak_bits(vector, element);
}
PANTHER_HD std::int32_t peak_key(DriveVector const& op, std::int64_t vector, int element) {
  return bits_of_float(op.magnitude(vector, element));
}

/// The peak that a key stands for.
template <class Vector>
PANTHER_HD int peak_of(Vector const&, std::int32_t key) {
  return key;
}
PANTHER_HD float peak_of(DriveVector const&, std::int32_t key) { return float_of_bits(key); }

/// One of ForwardVector, BackwardVector and DriveVector, spread over the threads of a block.
template <class Vector>
struct VectorKernel {
  Vector op;

  static constexpr int threads = 128;

  PANTHER_HD std::int64_t vectors() const { return op.items(); }

  /// The largest key of a thread's elements; the block's largest decides the format.
  PANTHER_HD std::int32_t key(std::int64_t vector, int thread) const {
    std::int32_t best = 0;
    for (int i = thread; i < elements_of(op); i += threads) {
      best = larger(best, peak_key(op, vector, i));
    }
    return best;
  }

  /// Converts a thread's elements; returns how many saturated.
  PANTHER_HD std::int32_t convert(std::int64_t vector, int thread, std::int32_t key) const {
    std::int32_t saturated = 0;
    for (int i = thread; i < elements_of(op); i += threads) {
      saturated += op.convert(vector, i, peak_of(op, key)) ? 1 : 0;
    }
    return saturated;
  }

  /// Once a vector.
  PANTHER_HD void finish(std::int64_t vector, std::int32_t key, std::int32_t saturated) const {
    op.finish(vector, peak_of(op, key), static_cast<std::uint64_t>(saturated));
  }
};

}  // namespace panther::cuda
