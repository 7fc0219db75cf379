// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Named pieces of configuration that are part of the program: every
// host/presets/<kind>/<name>.toml, embedded when it is built (cmake/embed_presets.cmake). A file
// says `include = "preset:<name>"`.

#include <span>
#include <string_view>

namespace panther {

struct Preset {
  std::string_view kind;  ///< the folder: networks, devices, ...
  std::string_view name;  ///< the file's stem, unique among all kinds
  std::string_view text;  ///< TOML
};

/// Those of host/presets, sorted by kind and name.
std::span<Preset const> builtin_presets();

}  // namespace panther
