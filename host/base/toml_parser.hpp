// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// TOML text into ConfigNode. The only unit that sees the TOML library.

#include <string>
#include <string_view>
#include <vector>

#include "host/base/config_node.hpp"

namespace panther {

/// Parses a document; keys keep the order of the text. Each node's origin is
/// "<name>:<line>:<column>". What cannot be used (bad syntax, dates) goes to `problems`; with bad
/// syntax the result is empty.
ConfigNode parse_toml(std::string_view text, std::string const& name, int layer,
                      std::vector<ConfigProblem>& problems);

/// Parses one value of a command line. Text that is no TOML value is taken as a string, unless it
/// begins like a list, a table or a quoted string.
ConfigNode parse_toml_value(std::string_view text, std::string const& origin, int layer,
                            std::vector<ConfigProblem>& problems);

}  // namespace panther
