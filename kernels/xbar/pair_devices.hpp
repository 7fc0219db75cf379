// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which devices cannot make pairs of one-sided ones: a pair's writes (one_sided.hpp) go by what is
// read of it, which must be all there is.

#include <string>

#include "devicemodels/device.hpp"
#include "kernels/xbar/cells.hpp"

namespace panther {

/// Throws std::invalid_argument, naming the keys, if such devices stand in one-sided pairs.
/// `group`: of the keys, with a dot behind it.
void check_pair_devices(DeviceConfig const& device, Encoding encoding,
                        std::string const& group = {});

}  // namespace panther
