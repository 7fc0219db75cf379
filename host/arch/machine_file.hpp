// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Machine descriptions as TOML. A file usually begins with `include = "preset:reference-panther"`
// and changes some keys.

#include <span>
#include <string>

#include "host/arch/machine.hpp"
#include "host/base/config_printer.hpp"

namespace panther::machine {

/// A preset's name, or the path of a TOML file; `sets` are "key=value" laid over it.
/// Throws ConfigError with every problem.
Machine load_machine(std::string const& preset_or_file, std::span<std::string const> sets = {});

/// The complete description, as load_machine reads it.
std::string print_machine(Machine const& machine, ConfigStyle style);

}  // namespace panther::machine
