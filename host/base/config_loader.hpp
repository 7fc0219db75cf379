// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Puts a configuration together from files, presets and command-line overrides.
//
// Layers, later ones win: what a file includes (in the order of its `include`, each with its own
// includes first), then the file itself, then all --set together. Tables are merged key by key;
// lists are replaced.
//   include = "preset:small"                      a preset by name
//   include = ["preset:small", "../device.toml"]  paths are relative to the including file
// `include` stands at the top of a file; a preset may include presets only. Cycles are errors.
//
// Choosing another alternative of a variant (device.law, say) in one layer drops the keys that
// earlier layers wrote for the old alternative and that the new one does not have; keys that both
// have stay. Keys of the old alternative written in the same layer or later are errors.
//
//   --set a.b.c=value   value is TOML; what is no TOML value is a string, so words need no quotes
//   --set network.layers[0].units=64   an existing element of a list

#include <span>
#include <string>
#include <string_view>

#include "host/base/config_node.hpp"
#include "host/base/presets.hpp"

namespace panther {

/// Reads `source`, a path or "preset:NAME", with its includes and `sets` ("a.b=value").
/// Throws ConfigError with every problem of every file.
ConfigNode load_config(std::string const& source, std::span<std::string const> sets = {},
                       std::span<Preset const> presets = builtin_presets());

/// The same for text; `name` stands for the file in messages, and relative includes start at the
/// working folder.
ConfigNode load_config_text(std::string_view text, std::string const& name,
                            std::span<std::string const> sets = {},
                            std::span<Preset const> presets = builtin_presets());

/// Lays the overrides over `config` as one layer. Throws ConfigError with every problem.
void apply_sets(ConfigNode& config, std::span<std::string const> sets);

}  // namespace panther
