// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "devicemodels/models.hpp"
#include "kernels/cpu/law_writes.hpp"

namespace panther {

void refresh_weights(int law, RefreshArgs const& args, std::int64_t first, std::int64_t last) {
  visit_law(law, [&]<class Law>() {
    auto const weight = refresh_weight<MotionOf<Law>>(args);
    for (std::int64_t item = first; item < last; ++item) weight(item);
  });
}

}  // namespace panther
