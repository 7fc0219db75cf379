// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Machines known by name, and the corrections that separate `panther` from `reference-panther`.

#include <string_view>
#include <vector>

#include "host/arch/machine.hpp"

namespace panther::machine {

struct Preset {
  std::string_view name;
  std::string_view summary;
  Machine (*make)();
};

/// All presets, in the order they are listed to a user.
std::vector<Preset> const& presets();

/// The preset called `name`; throws std::invalid_argument that names all presets if there is none.
Machine make_preset(std::string_view name);

/// One difference between the reference and the `panther` preset, to be applied alone or with the
/// others.
struct Correction {
  std::string_view name;
  std::string_view summary;
  void (*apply)(Machine&);
};

/// Every correction that the `panther` preset applies, in order.
std::vector<Correction> const& corrections();

}  // namespace panther::machine
