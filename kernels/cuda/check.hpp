// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every CUDA call and launch is checked; failures become BackendError with the call, the place and
// the driver's message. A kernel that fails while it runs is reported by a later call.

#include <cuda_runtime_api.h>

#include <source_location>

namespace panther::cuda {

/// Throws BackendError.
[[noreturn]] void refuse(cudaError_t status, char const* call, std::source_location where);

/// `call` is the expression, for the message.
inline void check(cudaError_t status, char const* call,
                  std::source_location where = std::source_location::current()) {
  if (status != cudaSuccess) refuse(status, call, where);
}

/// After a launch.
inline void check_launch(char const* kernel,
                         std::source_location where = std::source_location::current()) {
  check(cudaGetLastError(), kernel, where);
}

}  // namespace panther::cuda
