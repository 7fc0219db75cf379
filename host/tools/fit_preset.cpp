// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_preset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/tools/fit_report.hpp"

namespace panther {

namespace {

/// Keeps the law's name and what differs from `defaults`.
std::vector<ConfigEntry> differing(std::vector<ConfigEntry> const& entries,
                                   std::vector<ConfigEntry> const& defaults) {
  std::vector<ConfigEntry> kept;
  for (ConfigEntry entry : entries) {
    auto const same = std::find_if(defaults.begin(), defaults.end(),
                                   [&](ConfigEntry const& one) { return one.name == entry.name; });
    bool const table = entry.kind == ConfigEntry::Kind::table;
    if (table && same != defaults.end()) entry.entries = differing(entry.entries, same->entries);
    bool const differs = same == defaults.end() || entry.text != same->text;
    if (table ? !entry.entries.empty() : differs || entry.name == "law") kept.push_back(entry);
  }
  return kept;
}

/// Six digits: the seventh is never known.
void round_to_six(double& value) { value = std::stod(fmt::format("{:.6g}", value)); }

DeviceConfig rounded(DeviceFit const& fit) {
  MeasuredDevice device = fit.device;
  for (FitNumber const& number : fit_numbers(device)) {
    double value = number_of(device, number.key);
    if (!std::isfinite(value)) continue;
    round_to_six(value);
    set_number(device, number.key, std::clamp(value, number.lowest, number.highest));
  }
  DeviceConfig& config = device.device;
  for (double* value :
       {&config.on_off_ratio, &config.write_noise.sigma, &config.write_noise.c2c,
        &config.write_noise.c2c_pulses, &config.spread.slope, &config.spread.slope_correlation,
        &config.spread.window, &config.spread.nonlinearity}) {
    round_to_six(*value);
  }
  return config;
}

}  // namespace

std::vector<ConfigEntry> changed_entries(DeviceConfig const& device) {
  DeviceConfig defaults;
  defaults.law =
      std::visit([]<class Params>(Params const&) -> LawParams { return Params{}; }, device.law);
  return differing(describe_config(device), describe_config(defaults));
}

std::string fit_preset(FitReport const& report, DeviceFit const& fit) {
  FitRecord const& record = report.record;
  std::string text = fmt::format("# {} fitted to {}: {} devices, {} trains, {} of {} pulses\n",
                                 record.law, record.source, record.devices, record.trains,
                                 record.pulses_used, record.pulses_measured);
  if (record.criterion != "given") {
    text +=
        fmt::format("# The law has the {} of {}.\n", chosen_by(record), report.candidates.size());
  }
  text += fmt::format(
      "# Window {:.6g} to {:.6g} {}; {:.6g} pulses across it. AIC {:.1f}, BIC {:.1f}.\n",
      record.g_min, record.g_max, record.unit, pulses_across(fit.device), record.aic, record.bic);
  text += "# 95 % intervals:\n";
  for (FitNumberRow const& row : report.numbers) {
    text += fmt::format("#   {} {:.6g} ({:.6g} to {:.6g}){}\n", row.key, row.value, row.low,
                        row.high, row.unit == "1" ? "" : " " + row.unit);
  }
  for (std::string const& note : report.notes) text += fmt::format("# {}\n", note);
  ConfigEntry device;
  device.kind = ConfigEntry::Kind::table;
  device.name = "device";
  device.entries = changed_entries(rounded(fit));
  return text + print_entries({device}, ConfigStyle::plain);
}

}  // namespace panther
