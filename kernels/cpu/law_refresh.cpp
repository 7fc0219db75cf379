// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/law_writes.hpp"
#include "kernels/cpu/run_time_moves.hpp"

namespace panther {

void refresh_weights(int law, RefreshArgs const& args, std::int64_t first, std::int64_t last) {
  auto const weight = refresh_weight(args, run_time_moves(law));
  for (std::int64_t item = first; item < last; ++item) weight(item);
}

}  // namespace panther
