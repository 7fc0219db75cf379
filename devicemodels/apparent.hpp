// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Write noise with a hidden state (write_noise.hidden_std): every move acts on a persistent state;
// reads see an apparent one,
//
//   apparent = persistent + hidden_std R N(0, 1),   R the window,
//
// drawn anew whenever the device is touched and frozen until then. Source: aihwkit's
// write_noise_std, hidden_std = write_noise_std dw_min / (w_max - w_min).
//
// Deviations: the apparent state is clipped at the window, which converters end at, too; a device
// whose bounds leave it no room (a stuck one) has none of this noise.

#include <cstdint>

#include "devicemodels/cell.hpp"

namespace panther {

/// Standard deviation, in codes, of a device with these bounds.
PANTHER_HD float apparent_deviation(DeviceConstants const& k, float low, float high, float range) {
  return chosen(low < high, k.hidden_std * range, 0.0F);
}

PANTHER_HD std::int16_t apparent_code(float deviation, float range, std::int16_t persistent,
                                      float normal) {
  float const seen = fused(deviation, normal, position_of(persistent));
  return code_of_position(clamped(seen, 0.0F, range), 0.5F);
}

}  // namespace panther
