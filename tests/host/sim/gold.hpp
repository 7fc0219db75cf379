// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reference figures in tests/golden/isa.

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "host/arch/presets.hpp"
#include "host/isa/json_form.hpp"

namespace panther::machine::test {

inline std::string gold_text(std::string const& file) {
  std::ifstream in(std::string(PANTHER_SOURCE_DIR) + "/tests/golden/isa/" + file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline nlohmann::json gold(std::string const& file) {
  return nlohmann::json::parse(gold_text(file));
}

inline Image gold_program(std::string const& name) {
  static std::string const text = gold_text("programs.json");
  return parse_json_program(text, "programs.json", name);
}

/// The preset that has the constants called `set` in the gold files.
inline Machine gold_machine(std::string set) {
  for (char& c : set) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return make_preset("reference-" + set);
}

}  // namespace panther::machine::test
