// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/long_items.hpp"
#include "kernels/xbar/refresh.hpp"

namespace panther::cuda {

void queue_refresh(Queue const& queue, int law, RefreshArgs const& args) {
  visit_law(law, [&]<class Law>() {
    using Weight = RefreshWeight<MotionOf<Law>>;
    DeviceLauncher(queue).blocks(LongItems<Weight>{refresh_weight<MotionOf<Law>>(args)});
  });
}

}  // namespace panther::cuda
