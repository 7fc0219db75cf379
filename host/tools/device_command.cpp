// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <memory>

#include "host/base/config_loader.hpp"
#include "host/base/config_printer.hpp"
#include "host/base/config_reader.hpp"
#include "host/base/json.hpp"
#include "host/base/presets.hpp"
#include "host/base/suggest.hpp"
#include "host/run/session.hpp"
#include "host/tools/command.hpp"
#include "host/tools/device_commands.hpp"
#include "host/tools/device_gallery.hpp"

namespace panther {

namespace {

struct DeviceArguments {
  std::string name;
  bool json = false;
};

struct LawText {
  std::string name;
  std::string doc;
};

template <class... Laws>
std::vector<LawText> law_texts(TypeList<Laws...>) {
  return {{std::string(Laws::Params::name), std::string(Laws::Params::doc)}...};
}

int run_list(DeviceArguments const& arguments) {
  std::vector<LawText> const laws = law_texts(LawList{});
  std::vector<Preset> const presets = device_presets();
  if (arguments.json) {
    Json json = {{"laws", Json::array()}, {"presets", Json::array()}};
    for (LawText const& law : laws) json["laws"].push_back({{"name", law.name}, {"doc", law.doc}});
    for (Preset const& preset : presets) {
      json["presets"].push_back({{"name", std::string(preset.name)}, {"doc", headline(preset)}});
    }
    fmt::print("{}\n", json.dump());
    return 0;
  }
  fmt::print("laws (device.law):\n");
  for (LawText const& law : laws) fmt::print("  {:<24} {}\n", law.name, law.doc);
  fmt::print("presets (include = \"preset:NAME\"):\n");
  for (Preset const& preset : presets) fmt::print("  {:<24} {}\n", preset.name, headline(preset));
  return 0;
}

/// The [device] table of a preset, or of a law with its defaults.
DeviceConfig device_named(std::string const& name) {
  std::vector<std::string> names;
  for (Preset const& preset : device_presets()) {
    names.emplace_back(preset.name);
    if (preset.name == name) return load_run_configuration("preset:" + name, {}).device;
  }
  for (LawText const& law : law_texts(LawList{})) {
    names.push_back(law.name);
    if (law.name == name)
      return parse_run_configuration("", "defaults", {"device.law=" + name}).device;
  }
  throw UserError(fmt::format("no device or law '{}'{}; see panther device list", name,
                              did_you_mean(name, names)));
}

int run_show(DeviceArguments const& arguments) {
  DeviceConfig const device = device_named(arguments.name);
  if (arguments.json) {
    fmt::print("{}\n", described_json(device).dump());
  } else {
    for (Preset const& preset : device_presets()) {
      if (preset.name == arguments.name) fmt::print("# {}\n", headline(preset));
    }
    fmt::print("{}", print_config(device, ConfigStyle::commented));
  }
  return 0;
}

}  // namespace

DeviceConfig device_of(std::string const& name) {
  bool const file = name.ends_with(".toml") || name.find('/') != std::string::npos;
  return file ? load_run_configuration(name, {}).device : device_named(name);
}

void add_device_command(CommandLine& program) {
  auto const arguments = std::make_shared<DeviceArguments>();
  CommandLine& device = program.command("device", "the device library");
  CommandLine& list = device.command("list", "device laws and presets");
  list.flag("--json", arguments->json, "one JSON object with laws and presets");
  list.examples("  panther device list\n  panther device list --json");
  list.runs([arguments] { return run_list(*arguments); });
  CommandLine& show =
      device.command("show", "parameters of a preset or law, with units, ranges and meaning");
  show.positional("name", arguments->name, "a name that device list prints");
  show.flag("--json", arguments->json, "one JSON object");
  show.examples("  panther device show ag-a-si\n  panther device show exponential");
  show.runs([arguments] { return run_show(*arguments); });
  add_device_characterize(device);
  add_device_fit(device);
  add_device_gallery(device);
  add_device_tabulate(device);
  add_device_import(device);
}

}  // namespace panther
