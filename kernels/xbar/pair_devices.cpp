// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/xbar/pair_devices.hpp"

#include <stdexcept>

#include "devicemodels/core/stated.hpp"

namespace panther {

void check_pair_devices(DeviceConfig const& device, Encoding encoding, std::string const& group) {
  if (encoding != Encoding::one_sided) return;
  std::string const pairs = " with " + group + "slicing.encoding = \"one_sided\"";
  if (device.write_noise.hidden_std > 0.0) {
    throw std::invalid_argument(group + "device.write_noise.hidden_std = " +
                                shortest(device.write_noise.hidden_std) + pairs +
                                " (must be 0: a pair's writes depend on room that its reads would "
                                "not see)");
  }
  if (counts_pulses(device.law)) {
    throw std::invalid_argument(group + "device.law = \"" + std::string(law_name(device.law)) +
                                "\"" + pairs +
                                " (a pair's writes depend on room, its pulses on a state that "
                                "tells nothing of it: choose another law or encoding)");
  }
}

}  // namespace panther
