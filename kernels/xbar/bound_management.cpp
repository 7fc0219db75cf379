// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/xbar/bound_management.hpp"

#include <stdexcept>
#include <string>

#include "devicemodels/core/changed_field.hpp"

namespace panther {

namespace {

constexpr double driver_steps = 65534.0;  // 1 / inp_res of signed 16-bit inputs

}  // namespace

int bound_repeats(BoundManagementConfig const& config) {
  if (config.management == BoundManagement::off) {
    std::string const field = changed_field(config);
    if (field.empty()) return 0;
    throw std::invalid_argument("bounds." + field +
                                " has no effect with bounds.management = \"off\"");
  }
  double const most = smaller(config.max_factor, config.max_resolution * driver_steps);
  int repeats = 0;
  while (static_cast<double>(2 << repeats) <= most) ++repeats;
  return repeats;
}

std::int32_t most_by_sum(BoundManagementConfig const& config) {
  return static_cast<std::int32_t>(larger(config.max_resolution * driver_steps, 1.0));
}

}  // namespace panther
