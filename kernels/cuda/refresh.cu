// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/resolve_blocks.hpp"

namespace panther::cuda {

void queue_refresh(Queue const& queue, int law, RefreshArgs const& args) {
  DeviceLauncher launcher(queue);
  visit_law(law, [&]<class Law>() { launch_refresh(launcher, args, LawMoves<MotionOf<Law>>{}); });
}

}  // namespace panther::cuda
