// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/arch/machine_file.hpp"

#include <vector>

#include "host/arch/presets.hpp"
#include "host/base/config_loader.hpp"
#include "host/base/config_reader.hpp"

namespace panther::machine {
namespace {

/// The presets as text, for the loader's includes.
class PresetTexts {
 public:
  PresetTexts() {
    for (Preset const& preset : presets())
      texts_.push_back(print_machine(preset.make(), ConfigStyle::plain));
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      list_.push_back({.kind = "machines", .name = presets()[i].name, .text = texts_[i]});
    }
  }
  std::span<panther::Preset const> list() const { return list_; }
  bool has(std::string const& name) const {
    for (panther::Preset const& preset : list_) {
      if (preset.name == name) return true;
    }
    return false;
  }

 private:
  std::vector<std::string> texts_;
  std::vector<panther::Preset> list_;
};

}  // namespace

Machine load_machine(std::string const& preset_or_file, std::span<std::string const> sets) {
  PresetTexts const texts;
  bool const bare_name = preset_or_file.find_first_of("/.:") == std::string::npos;
  // A bare word can only be a preset; the loader says which there are.
  std::string const source =
      bare_name || texts.has(preset_or_file) ? "preset:" + preset_or_file : preset_or_file;
  Machine machine;
  read_config(load_config(source, sets, texts.list()), machine);
  return machine;
}

std::string print_machine(Machine const& machine, ConfigStyle style) {
  return print_config(machine, style);
}

}  // namespace panther::machine
