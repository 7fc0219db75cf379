// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/launch.cuh"
#include "kernels/xbar/analog_read.hpp"

namespace panther::cuda {

void queue_read_analog(Queue const& queue, AnalogReadArgs const& args) {
  DeviceLauncher launcher(queue);
  launcher.items(AnalogReadLine{args});
}

}  // namespace panther::cuda
