// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a fit starts and what it moves: the law's declaration and the user's --free and --fix.

#include <string>
#include <vector>

#include "host/tools/device_fit.hpp"

namespace panther {

struct FitStart {
  MeasuredDevice device;
  std::vector<std::string> free;
  bool fit_slope = true;  // spreads, unless fixed
  bool fit_bend = true;
  bool fit_window_spread = true;
  std::vector<WriteNoiseKind> noise_kinds;  // to choose from
};

/// Throws UserError or ConfigError for what cannot be fitted or fixed.
FitStart fit_start(FitData const& data, FitRequest const& request);

}  // namespace panther
