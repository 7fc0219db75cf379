// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How fast the kernels are, beside what the device can do.

#include "kernels/base/backend.hpp"

namespace panther::gpu_check {

/// Measures the device's ceilings, then reads, updates and carry resolution of a layer for families
/// of 1 to 256 replicas, and prints a table. Throws BackendError.
void print_throughput(Backend& cuda);

}  // namespace panther::gpu_check
