// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A fitted device as a piece of configuration, with comments that say where its numbers come from.

#include <string>

#include "host/tools/device_fit.hpp"

namespace panther {

struct FitReport;

/// The [device] table of the fit: what differs from the law's defaults. `report` gives the origin.
std::string fit_preset(FitReport const& report, DeviceFit const& fit);

}  // namespace panther
