// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Carry resolution on the CPU. A weight whose slices all hold canonical digits stays as it is: a
// vector loop over the codes (2 bytes a device, once) finds the others. Where writes are ideal and
// reads exact, further loops propagate their carries and write them; everything else takes the
// definition in xbar/resolve.hpp, weight by weight.

#include <cstdint>

#include "kernels/xbar/resolve.hpp"

namespace panther {

struct ResolveLimits {
  /// Code sums [low, high] of a slice that certainly read as a canonical digit, whatever noise and
  /// converter add. Empty (low > high) if there is no certainty.
  std::int32_t low[max_slices];
  std::int32_t high[max_slices];
  /// Digits of the top slice that never saturate, whatever the lower digits are.
  std::int32_t top_low;
  std::int32_t top_high;
};

/// Whether these limits tell all that resolution may do: programming writes, and counts, more, and
/// a merge changes most weights.
inline bool can_screen(ResolveArgs const& args) {
  return args.weights == nullptr && args.addend_set == no_set && args.apparent == nullptr;
}

/// Exact reads of single devices and ideal writes, of one set.
inline bool has_exact_writes(ResolveArgs const& args) {
  return args.mode == WriteMode::ideal && !args.noisy_read &&
         (args.adc_bits == 0 || args.adc_bits >= 16) && args.slicing.planes_per_slice == 1 &&
         args.target_mask == 1U << args.source_set && args.clear_mask == 0;
}

ResolveLimits resolve_limits(ResolveArgs const& args);

}  // namespace panther
