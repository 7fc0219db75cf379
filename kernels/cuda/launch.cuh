// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs block kernels and element-by-element functors on the stream of a queue.

#include "kernels/cuda/block_kernel.hpp"
#include "kernels/cuda/check.hpp"
#include "kernels/cuda/launchers.hpp"

namespace panther::cuda {

/// Far more blocks than a GPU holds at a time; kernels loop over the rest.
inline constexpr std::int64_t most_blocks = std::int64_t{1} << 24;
/// Threads of the element-by-element kernels: enough warps to hide memory, few registers lost.
inline constexpr int item_threads = 256;

template <BlockKernel Kernel>
__global__ void __launch_bounds__(Kernel::max_threads, Kernel::resident_blocks)
    run_blocks(__grid_constant__ Kernel const kernel) {
  __shared__ typename Kernel::Shared shared;
  std::int64_t const blocks = kernel.blocks();
  int const steps = kernel.steps();
  for (std::int64_t block = blockIdx.x; block < blocks; block += gridDim.x) {
    typename Kernel::Private mine;
    for (int step = 0; step < steps; ++step) {
      kernel.step(step, block, static_cast<int>(threadIdx.x), shared, mine);
      __syncthreads();
    }
  }
}

template <class Functor>
__global__ void __launch_bounds__(item_threads) run_items(__grid_constant__ Functor const functor) {
  std::int64_t const items = functor.items();
  std::int64_t const stride = static_cast<std::int64_t>(gridDim.x) * item_threads;
  for (std::int64_t item = static_cast<std::int64_t>(blockIdx.x) * item_threads + threadIdx.x;
       item < items; item += stride) {
    functor(item);
  }
}

/// The launcher of a GPU.
class DeviceLauncher {
 public:
  explicit DeviceLauncher(Queue const& queue) : queue_(queue) {}

  template <BlockKernel Kernel>
  void blocks(Kernel const& kernel) {
    std::int64_t const blocks = smaller(kernel.blocks(), most_blocks);
    if (blocks == 0) return;
    run_blocks<<<static_cast<unsigned>(blocks), static_cast<unsigned>(kernel.threads()), 0,
                 queue_.stream.get()>>>(kernel);
    check_launch("launch of a block kernel");
  }

  template <class Functor>
  void items(Functor const& functor) {
    std::int64_t const blocks = smaller(pieces_of(functor.items(), item_threads), most_blocks);
    if (blocks == 0) return;
    run_items<<<static_cast<unsigned>(blocks), item_threads, 0, queue_.stream.get()>>>(functor);
    check_launch("launch of an element-by-element kernel");
  }

  void* scratch(std::int64_t bytes) {
    return queue_.scratch.reserve(static_cast<std::size_t>(bytes));
  }

 private:
  Queue const& queue_;
};

}  // namespace panther::cuda
