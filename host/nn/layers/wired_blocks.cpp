// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/layers/wired_blocks.hpp"

#include <stdexcept>

namespace panther {

void require_converged(std::vector<WireOutcome> const& outcomes, WireDropConfig const& config,
                       std::string const& group, int layer) {
  for (WireOutcome const& outcome : outcomes) {
    if (outcome.converged != 0) continue;
    throw std::runtime_error(group + ": layer " + std::to_string(layer) +
                             " reached a mismatch of " + std::to_string(outcome.mismatch) + " in " +
                             group + ".iterations = " + std::to_string(config.iterations) + " (" +
                             group + ".tolerance = " + std::to_string(config.tolerance) +
                             "): raise one of them, or use model = \"exact\"");
  }
}

}  // namespace panther
