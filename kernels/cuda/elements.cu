// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Operations whose elements are independent: the definition itself, one element a thread.

#include <string>

#include "kernels/cuda/launch.cuh"

namespace panther::cuda {

void queue_store_traits(Queue const& queue, StoreTraitsArgs const& args) {
  DeviceLauncher(queue).items(StoreTraits{args});
}

void queue_age(Queue const& queue, AgeArgs const& args) {
  DeviceLauncher(queue).items(AgeLane{args});
}

void queue_wear(Queue const& queue, WearArgs const& args) {
  DeviceLauncher(queue).items(WearLane{args});
}

void queue_appear(Queue const& queue, ApparentArgs const& args) {
  DeviceLauncher(queue).items(ApparentLane{args});
}

void queue_gather(Queue const& queue, GatherArgs const& args) {
  DeviceLauncher(queue).items(GatherInputs{args});
}

void queue_gradient(Queue const& queue, GradientArgs const& args) {
  DeviceLauncher(queue).items(GradientElement{args});
}

void require_runnable_kernels() {
  cudaFuncAttributes attributes{};
  cudaError_t const status = cudaFuncGetAttributes(&attributes, run_items<GatherInputs>);
  if (status == cudaSuccess) return;
  cudaGetLastError();  // not sticky: the next call starts clean
  throw BackendError(std::string("the GPU cannot run this build's kernels: ") +
                     cudaGetErrorString(status) +
                     " (configure with CMAKE_CUDA_ARCHITECTURES set to its compute capability)");
}

}  // namespace panther::cuda
