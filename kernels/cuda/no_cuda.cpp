// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Stands in for the rest of this folder in builds without CUDA.

#include "kernels/base/backend.hpp"
#include "kernels/cuda/ceilings.hpp"

namespace panther {

namespace {

[[noreturn]] void refuse_cuda() {
  throw BackendError(
      "this build has no CUDA: configure with a CUDA compiler on the path, or with "
      "PANTHER_CUDA=ON");
}

}  // namespace

bool cuda_built() { return false; }

std::unique_ptr<Backend> make_cuda_backend() { refuse_cuda(); }

cuda::Ceilings cuda::measure_ceilings() { refuse_cuda(); }

}  // namespace panther
