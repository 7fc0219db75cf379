// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Look-up tables of emulated devices: pulses from each conductance of a grid, moved by the law's
// own functor, with write noise and spread; quantiles are means over cells of probability, which
// keep the mean. A table over many devices has their spread in its quantiles; with a table a device
// each has the device's own. Changes are not clipped at the window's ends and not rounded to codes:
// the look-up law's kernels do that. A spread window is left out: the device that looks up has it.

#include <cstdint>

#include "devicemodels/core/lookup_table.hpp"
#include "devicemodels/device.hpp"

namespace panther {

struct Tabulation {
  int pulses = 64;  // one asks for 1 / pulses of the window
  int draws = 32;   // moves a cell of probability
  int conductances = 129;
  int levels = 128;
  int tables = 1;
  std::uint64_t seed = 1;
};

/// Throws std::invalid_argument for contradictory parameters.
LookupTable tabulated(DeviceConfig const& config, Tabulation const& plan);

}  // namespace panther
