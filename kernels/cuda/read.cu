// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/launch_read.hpp"

namespace panther::cuda {

void queue_read(Queue const& queue, ReadArgs const& args) {
  DeviceLauncher launcher(queue);
  launch_read(launcher, args);
}

}  // namespace panther::cuda
