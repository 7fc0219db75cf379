// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Operations on whole vectors: a block of threads each, with CUB's block reductions.

#include <cub/block/block_reduce.cuh>
#include <cuda/functional>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/loss_blocks.hpp"
#include "kernels/cuda/vector_kernels.hpp"

namespace panther::cuda {

namespace {

template <class Kernel>
__global__ void __launch_bounds__(Kernel::threads)
    run_vectors(__grid_constant__ Kernel const kernel) {
  using Reduce = cub::BlockReduce<std::int32_t, Kernel::threads>;
  __shared__ typename Reduce::TempStorage for_key;
  __shared__ typename Reduce::TempStorage for_count;
  __shared__ std::int32_t shared_key;
  int const thread = static_cast<int>(threadIdx.x);
  for (std::int64_t vector = blockIdx.x; vector < kernel.vectors(); vector += gridDim.x) {
    std::int32_t const found =
        Reduce(for_key).Reduce(kernel.key(vector, thread), ::cuda::maximum<std::int32_t>{});
    if (thread == 0) shared_key = found;
    __syncthreads();
    std::int32_t const key = shared_key;
    std::int32_t const saturated = Reduce(for_count).Sum(kernel.convert(vector, thread, key));
    if (thread == 0) kernel.finish(vector, key, saturated);
    __syncthreads();
  }
}

template <class Vector>
void queue_vectors(Queue const& queue, Vector const& op) {
  VectorKernel<Vector> const kernel{op};
  std::int64_t const blocks = smaller(kernel.vectors(), most_blocks);
  if (blocks == 0) return;
  run_vectors<<<static_cast<unsigned>(blocks), kernel.threads, 0, queue.stream.get()>>>(kernel);
  check_launch("launch of a vector kernel");
}

}  // namespace

void queue_forward(Queue const& queue, ForwardArgs const& args) {
  queue_vectors(queue, ForwardVector{args});
}

void queue_backward(Queue const& queue, BackwardArgs const& args) {
  queue_vectors(queue, BackwardVector{args});
}

void queue_drive(Queue const& queue, DriveArgs const& args) {
  queue_vectors(queue, DriveVector{args});
}

void queue_loss(Queue const& queue, LossArgs const& args) {
  DeviceLauncher(queue).blocks(LossBlocks{LossVector{args}});
}

}  // namespace panther::cuda
