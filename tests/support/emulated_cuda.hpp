// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The tuned CUDA kernels' bodies, run on the host: block after block, step after step, and in each
// step one thread after the other. This tests their index arithmetic, their sums and their use of
// shared memory. It does not test a GPU: warp shuffles, atomics, launches and the device compiler's
// code are not part of it.

#include <memory>

#include "kernels/base/backend.hpp"

namespace panther::test {

/// Order of the threads within a step, and of the blocks. A kernel whose result depends on it has a
/// race.
enum class ThreadOrder : std::uint8_t { ascending, descending, scattered };

std::unique_ptr<Backend> make_emulated_cuda_backend(ThreadOrder order);

}  // namespace panther::test
