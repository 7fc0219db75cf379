// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A fitted device as a piece of configuration, with comments that say where its numbers come from.

#include <string>
#include <vector>

#include "host/base/config_printer.hpp"
#include "host/tools/device_fit.hpp"

namespace panther {

struct FitReport;

/// The keys of a device that differ from its law's defaults, and the law.
std::vector<ConfigEntry> changed_entries(DeviceConfig const& device);

/// The [device] table of the fit: what differs from the law's defaults. `report` gives the origin.
std::string fit_preset(FitReport const& report, DeviceFit const& fit);

}  // namespace panther
