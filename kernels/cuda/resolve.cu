// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/resolve_blocks.hpp"

namespace panther::cuda {

void queue_resolve(Queue const& queue, int law, ResolveArgs const& args) {
  visit_law(law, [&]<class Law>() {
    using Motion = MotionOf<Law>;
    DeviceLauncher(queue).blocks(ResolveBlocks<Motion>{ResolveWeight<Motion>{args}});
  });
}

}  // namespace panther::cuda
