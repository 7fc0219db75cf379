// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The conductance window of a cell and the integer code that holds a device's state.
//
// A cell of c bits has signed levels -2^(c-1) .. 2^(c-1)-1; its state is an int16 code = level *
// 2^(16-c). Position = code + 32768 counts codes above the lowest conductance: 0 at G_min,
// window_range(c) at G_max. Laws work on positions in float32, where every code is exact.

#include "devicemodels/core/hd.hpp"

namespace panther {

inline constexpr std::int32_t code_of_g_min = -32768;

/// Codes in one level of a cell of `cell_bits` (2 to 16) bits.
PANTHER_HD constexpr std::int32_t codes_per_level(int cell_bits) { return 1 << (16 - cell_bits); }

/// Level steps from the lowest to the highest conductance.
PANTHER_HD constexpr std::int32_t levels_in_window(int cell_bits) { return (1 << cell_bits) - 1; }

/// Codes from the lowest to the highest conductance.
PANTHER_HD constexpr std::int32_t window_range(int cell_bits) {
  return levels_in_window(cell_bits) * codes_per_level(cell_bits);
}

PANTHER_HD constexpr std::int32_t lowest_level(int cell_bits) { return -(1 << (cell_bits - 1)); }
PANTHER_HD constexpr std::int32_t highest_level(int cell_bits) {
  return (1 << (cell_bits - 1)) - 1;
}

/// Position, in codes above G_min, of a code.
PANTHER_HD float position_of(std::int16_t code) {
  return static_cast<float>(static_cast<std::int32_t>(code) - code_of_g_min);
}

}  // namespace panther
