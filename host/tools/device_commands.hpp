// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Commands below `panther device` that have files of their own, and what they share.

#include <string>

#include "devicemodels/device.hpp"
#include "host/tools/command.hpp"

namespace panther {

void add_device_characterize(CommandLine& device);
void add_device_fit(CommandLine& device);
void add_device_gallery(CommandLine& device);
void add_device_tabulate(CommandLine& device);
void add_device_import(CommandLine& device);

/// A configuration file where the name looks like one, otherwise a preset or a law.
DeviceConfig device_of(std::string const& name);

}  // namespace panther
