// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The operations as they are queued on a GPU. One .cu file each group, because nvcc is slow.

#include "kernels/base/backend.hpp"
#include "kernels/cuda/device_memory.hpp"

namespace panther::cuda {

/// Where launches go.
struct Queue {
  Stream const& stream;
  Scratch& scratch;
};

void queue_read(Queue const& queue, ReadArgs const& args);
void queue_read_analog(Queue const& queue, AnalogReadArgs const& args);
void queue_update(Queue const& queue, int law, UpdateArgs const& args);
void queue_resolve(Queue const& queue, int law, ResolveArgs const& args);
void queue_refresh(Queue const& queue, int law, RefreshArgs const& args);
void queue_store_traits(Queue const& queue, StoreTraitsArgs const& args);
void queue_age(Queue const& queue, AgeArgs const& args);
void queue_wear(Queue const& queue, WearArgs const& args);
void queue_appear(Queue const& queue, ApparentArgs const& args);
void queue_solve_wires(Queue const& queue, WireSolveArgs const& args);
void queue_see(Queue const& queue, SeenArgs const& args);
void queue_follow(Queue const& queue, FollowArgs const& args);
void queue_share_steps(Queue const& queue, ShareArgs const& args);
void queue_gather(Queue const& queue, GatherArgs const& args);
void queue_gradient(Queue const& queue, GradientArgs const& args);
void queue_forward(Queue const& queue, ForwardArgs const& args);
void queue_backward(Queue const& queue, BackwardArgs const& args);
void queue_drive(Queue const& queue, DriveArgs const& args);
void queue_loss(Queue const& queue, LossArgs const& args);
void queue_histogram(Queue const& queue, HistogramArgs const& args);

/// Throws BackendError if the current GPU cannot run this build's kernels.
void require_runnable_kernels();

}  // namespace panther::cuda
