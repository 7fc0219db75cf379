// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which instruction sets this build and this machine have.

#include "kernels/base/backend.hpp"

namespace panther {

/// True if the build has vector units for `isa` and the CPU runs them; always true for scalar and
/// automatic.
bool isa_available(Isa isa);

/// The set to run: `wanted`, or the best available for automatic. Throws BackendError naming what
/// the CPU lacks if `wanted` is not available.
Isa resolved_isa(Isa wanted);

}  // namespace panther
