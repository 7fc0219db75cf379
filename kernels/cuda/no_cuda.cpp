// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Stands in for cuda_backend.cpp in builds without CUDA.

#include "kernels/base/backend.hpp"

namespace panther {

bool cuda_built() { return false; }

std::unique_ptr<Backend> make_cuda_backend() {
  throw BackendError(
      "this build has no CUDA: configure with a CUDA compiler on the path, or with "
      "PANTHER_CUDA=ON");
}

}  // namespace panther
