// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/wire_blocks.hpp"
#include "kernels/wires/follow.hpp"
#include "kernels/wires/shares.hpp"

namespace panther::cuda {

namespace {

/// Memory of the units that are worked on at a time.
constexpr std::int64_t most_bytes = std::int64_t{1} << 30;
constexpr std::int64_t most_units_at_a_time = 1024;

__global__ void __launch_bounds__(WireBlocks::threads)
    run_units(__grid_constant__ WireBlocks const kernel, double* const all, std::int64_t doubles) {
  __shared__ WireBlocks::Shared shared;
  int const thread = static_cast<int>(threadIdx.x);
  double* const memory = all + blockIdx.x * doubles;
  for (std::int64_t unit = blockIdx.x; unit < kernel.args.units(); unit += gridDim.x) {
    kernel.start(unit, thread, memory, shared);
    __syncthreads();
    kernel.prepare(thread, memory);
    __syncthreads();
    while (shared.phase != WirePhase::finished) {
      kernel.work(thread, memory, shared);
      __syncthreads();
      kernel.take(thread, memory, shared);
      __syncthreads();
      kernel.decide(thread, shared);
      __syncthreads();
    }
    kernel.finish(unit, thread, memory, shared);
    __syncthreads();
  }
}

}  // namespace

void queue_solve_wires(Queue const& queue, WireSolveArgs const& args) {
  std::int64_t const doubles = WireWorkspace(args).doubles();
  auto const bytes = static_cast<std::int64_t>(doubles * sizeof(double));
  std::int64_t const fitting = clamped<std::int64_t>(most_bytes / bytes, 1, most_units_at_a_time);
  std::int64_t const blocks = smaller(args.units(), fitting);
  if (blocks == 0) return;
  DeviceLauncher launcher(queue);
  auto* const memory = static_cast<double*>(launcher.scratch(blocks * bytes));
  run_units<<<static_cast<unsigned>(blocks), WireBlocks::threads, 0, queue.stream.get()>>>(
      WireBlocks{args}, memory, doubles);
  check_launch("launch of a crossbar's wires");
}

void queue_see(Queue const& queue, SeenArgs const& args) {
  DeviceLauncher launcher(queue);
  launcher.items(WordDrops{args});
  launcher.items(SeenColumns<1>{args});
}

void queue_follow(Queue const& queue, FollowArgs const& args) {
  DeviceLauncher(queue).items(FollowDevices<1>{args});
}

void queue_share_steps(Queue const& queue, ShareArgs const& args) {
  DeviceLauncher launcher(queue);
  launcher.items(WordDrops{args.devices});
  launcher.items(ShareColumns<1>{args});
}

}  // namespace panther::cuda
