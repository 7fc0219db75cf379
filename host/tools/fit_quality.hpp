// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How well a fit does: likelihood and its criteria, what is left, and whether that looks like
// noise.

#include <vector>

#include "host/tools/device_fit.hpp"

namespace panther {

/// Fills log_likelihood, aic, bic, residual_rms, explained and successive from the pulses.
/// `deviations`: of each pulse's noise. `penalty`: what free traits cost, in twice the logarithm.
void judge_fit(DeviceFit& fit, std::vector<double> const& deviations, double penalty);

}  // namespace panther
