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
#include "host/tools/characterization.hpp"
#include "host/tools/command.hpp"
#include "host/tools/device_tables.hpp"

namespace panther {

namespace {

struct DeviceArguments {
  std::string name;
  bool json = false;
  PulseTrains trains;
  std::optional<std::uint64_t> seed;
};

struct LawText {
  std::string name;
  std::string doc;
};

template <class... Laws>
std::vector<LawText> law_texts(TypeList<Laws...>) {
  return {{std::string(Laws::Params::name), std::string(Laws::Params::doc)}...};
}

std::vector<Preset> device_presets() {
  std::vector<Preset> found;
  for (Preset const& preset : builtin_presets()) {
    if (preset.kind == "devices") found.push_back(preset);
  }
  return found;
}

/// The first comment line of a preset: what it is and where its figures come from.
std::string headline(Preset const& preset) {
  std::size_t start = 0;
  while (start < preset.text.size()) {
    std::size_t const end = std::min(preset.text.find('\n', start), preset.text.size());
    std::string_view const line = preset.text.substr(start, end - start);
    if (line.starts_with("# ") && !line.starts_with("# SPDX")) return std::string(line.substr(2));
    start = end + 1;
  }
  return {};
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

namespace {

template <class T>
Json optional_json(std::optional<T> const& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json curve_json(TrainCurve const& curve) {
  Json json = {{"mean", Json::array()}, {"std", Json::array()}};
  for (MeanAndStd const& point : curve.conductance) {
    json["mean"].push_back(point.mean);
    json["std"].push_back(point.std);
  }
  json["pulses_to_95_percent"] = optional_json(curve.pulses_to_95);
  json["cycle_noise"] = curve.cycle_noise;
  json["device_spread"] = curve.device_spread;
  return json;
}

Json characterization_json(DeviceArguments const& arguments, Characterization const& found) {
  Json json = {{"device", arguments.name},
               {"devices", arguments.trains.devices},
               {"pulses", arguments.trains.pulses},
               {"seed", arguments.trains.seed},
               {"unit", "window"}};
  json["up"] = curve_json(found.up);
  json["down"] = curve_json(found.down);
  json["steps"] = Json::array();
  for (StepAt const& step : found.steps) {
    json["steps"].push_back(
        {{"conductance", step.conductance}, {"up", step.up}, {"down", step.down}});
  }
  json["symmetry_point"] = optional_json(found.symmetry_point);
  return json;
}

/// "-" where a train does not get that far.
std::string pulses_text(std::optional<int> const& pulses) {
  return pulses ? fmt::format("{}", *pulses) : "-";
}

void print_characterization(DeviceArguments const& arguments, Characterization const& found) {
  int const pulses = arguments.trains.pulses;
  fmt::print("{}: {} devices, {} pulses of 1/{} window; conductance in windows above G_min\n\n",
             arguments.name, arguments.trains.devices, pulses, pulses);
  fmt::print("  pulse      up     std    down     std\n");
  for (int row = 0; row <= 16; ++row) {
    if (row > 0 && row * pulses / 16 == (row - 1) * pulses / 16) continue;
    auto const at = static_cast<std::size_t>(row * pulses / 16);
    MeanAndStd const& up = found.up.conductance[at];
    MeanAndStd const& down = found.down.conductance[at];
    fmt::print("  {:5}  {:6.4f}  {:6.4f}  {:6.4f}  {:6.4f}\n", at, up.mean, up.std, down.mean,
               down.std);
  }
  fmt::print("\n  G       step up  step down\n");
  for (StepAt const& step : found.steps) {
    fmt::print("  {:4.2f}  {:9.6f}  {:9.6f}\n", step.conductance, step.up, step.down);
  }
  fmt::print("\n  symmetry point           {}\n", found.symmetry_point
                                                      ? fmt::format("{:.4f}", *found.symmetry_point)
                                                      : std::string("none, or every point"));
  fmt::print("  pulses to 95 %           {} up, {} down\n", pulses_text(found.up.pulses_to_95),
             pulses_text(found.down.pulses_to_95));
  fmt::print("  noise of a pulse         {:.6f} up, {:.6f} down\n", found.up.cycle_noise,
             found.down.cycle_noise);
  fmt::print("  spread at half a train   {:.6f} up, {:.6f} down\n", found.up.device_spread,
             found.down.device_spread);
}

int run_characterize(DeviceArguments& arguments) {
  if (arguments.seed) arguments.trains.seed = *arguments.seed;
  Characterization const found = characterize(device_of(arguments.name), arguments.trains);
  if (arguments.json) {
    fmt::print("{}\n", characterization_json(arguments, found).dump());
  } else {
    print_characterization(arguments, found);
  }
  return 0;
}

}  // namespace

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
  CommandLine& measured =
      device.command("characterize", "curves, steps, symmetry point and noise of many devices");
  measured.positional("name", arguments->name, "a name that device list prints, or a TOML file");
  measured.option("--devices", arguments->trains.devices, 1, 100000, "devices to emulate");
  measured.option("--pulses", arguments->trains.pulses, 1, 100000,
                  "pulses of each train; each asks for 1/pulses of the window");
  measured.option("--seed", arguments->seed, "seed of devices and noise (default 1)");
  measured.flag("--json", arguments->json, "one JSON object");
  measured.examples(
      "  panther device characterize ag-a-si\n"
      "  panther device characterize mine.toml --devices 1000 --pulses 200 --json");
  measured.runs([arguments] { return run_characterize(*arguments); });
  add_device_tabulate(device);
  add_device_import(device);
}

}  // namespace panther
