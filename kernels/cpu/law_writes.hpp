// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes by their definition, weight by weight, for a law that is known at run time. Ranges are
// parts of a call, for a thread each; results do not depend on them.

#include <cstdint>

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/xbar/refresh.hpp"

namespace panther {

/// Weights [first, last), [replica][row][column].
void resolve_weights(int law, ResolveArgs const& args, std::int64_t first, std::int64_t last);

/// Rows [first, last), [replica][row], where can_screen() holds: the kernel's row first, what it
/// leaves by the definition.
void resolve_rows(int law, ResolveArgs const& args, ResolveLimits const& limits,
                  KernelTable const& kernels, std::int64_t first, std::int64_t last);

/// Weights [first, last), [replica][row][column].
void refresh_weights(int law, RefreshArgs const& args, std::int64_t first, std::int64_t last);

}  // namespace panther
