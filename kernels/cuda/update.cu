// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/update_lanes.hpp"

namespace panther::cuda {

void queue_update(Queue const& queue, int law, UpdateArgs const& args) {
  visit_law(law, [&]<class Law>() {
    DeviceLauncher launcher(queue);
    launch_update<MotionOf<Law>>(launcher, args);
  });
}

}  // namespace panther::cuda
