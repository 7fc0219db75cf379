// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The commands that make look-up tables.

#include <string>

#include "devicemodels/device.hpp"
#include "host/tools/command.hpp"

namespace panther {

void add_device_tabulate(CommandLine& device);
void add_device_import(CommandLine& device);

/// A configuration file where the name looks like one, otherwise a preset or a law.
DeviceConfig device_of(std::string const& name);

}  // namespace panther
