// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/device_gallery.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/run/session.hpp"
#include "host/tools/fit_model.hpp"
#include "host/tools/fit_preset.hpp"

namespace panther {

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

namespace {

/// "alpha_up 1.8, write_noise.c2c 0.035": the numbers of a device that are not defaults.
void list_changed(std::vector<ConfigEntry> const& entries, std::string const& path,
                  std::vector<std::string>& texts) {
  for (ConfigEntry const& entry : entries) {
    if (entry.kind == ConfigEntry::Kind::table) {
      list_changed(entry.entries, path + entry.name + ".", texts);
    } else if (entry.name != "law") {
      texts.push_back(fmt::format("{}{} {}", path, entry.name, entry.text));
    }
  }
}

std::string parameters_text(DeviceConfig const& device) {
  std::vector<std::string> texts;
  list_changed(changed_entries(device), "", texts);
  std::string text = fmt::format("{}", fmt::join(texts, ", "));
  std::erase(text, '"');
  return text.empty() ? "-" : text;
}

/// Pulses across the window: those of the law, or those that the source of its noise counts.
std::string pulses_text(DeviceConfig const& device) {
  if (!takes_requests(device)) return fmt::format("{:.0f}", pulses_across({.device = device}));
  bool const counted = device.write_noise.c2c > 0.0;
  return counted ? fmt::format("{:.0f}", device.write_noise.c2c_pulses) : "any";
}

constexpr char const* introduction = R"(# Device presets

Printed by `panther device gallery -o host/presets`; a test keeps it fresh. Use one with
`include = "preset:NAME"`, see it with `panther device show NAME`, measure it with
`panther device characterize NAME --plot NAME.png`.

Curves are of 200 devices under 64 pulses, each a request of 1/64 of the window: mean and standard
deviation of the conductance, in windows; up solid, down dashed. "Pulses" are those of the device
across its window. The symmetry point is where a step up and one down cancel. Devices whose
programming leaves an error are shown in the course of time: median and 16 to 84 % of 200 devices
that were programmed to 0.1, 0.5 and 0.9.

| device | law | parameters | pulses | symmetry point | curve |
|---|---|---|---|---|---|
)";

}  // namespace

std::vector<GalleryFile> device_gallery() {
  std::vector<GalleryFile> files;
  std::string page = introduction;
  for (Preset const& preset : device_presets()) {
    std::string const name(preset.name);
    DeviceConfig const device = load_run_configuration("preset:" + name, {}).device;
    Characterization const found = characterize(device, {.devices = 200, .pulses = 64, .seed = 1});
    std::string const symmetry =
        found.symmetry_point ? fmt::format("{:.3f}", *found.symmetry_point) : "-";
    page += fmt::format(
        "| [`{0}`](devices/{0}.toml)<br>{1} | [{2}](../../devicemodels/models/{2}.hpp) | {3} | {4} "
        "| "
        "{5} | ![{0}](curves/{0}.svg) |\n",
        name, headline(preset), law_name(device.law), parameters_text(device), pulses_text(device),
        symmetry);
    bool const programmed = device.programming.model != ProgrammingModel::off;
    files.push_back({fmt::format("curves/{}.svg", name),
                     programmed ? retention_svg(name, retention_of(device, {200, 1}, {}))
                                : curve_svg(name, found)});
  }
  files.insert(files.begin(), {"DEVICES.md", page});
  return files;
}

}  // namespace panther
