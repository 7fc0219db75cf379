// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "host/base/errors.hpp"
#include "host/base/text_file.hpp"
#include "host/tools/characterization_report.hpp"
#include "host/tools/device_commands.hpp"
#include "host/tools/plot.hpp"
#include "host/tools/temporary_result.hpp"

namespace panther {

namespace {

struct CharacterizeArguments {
  std::string name;
  PulseTrains trains;
  std::optional<std::uint64_t> seed;
  std::optional<double> retention_s;
  std::string result;
  std::string picture;
  std::string table;
  bool overwrite = false;
  bool json = false;
};

/// "-" where a train does not get that far.
std::string pulses_text(std::optional<int> const& pulses) {
  return pulses ? fmt::format("{}", *pulses) : "-";
}

/// "-" without noise.
std::string states_text(TrainCurve const& curve) {
  return curve.states_by_noise ? fmt::format("{:.1f}", *curve.states_by_noise) : "-";
}

void print_characterization(CharacterizeArguments const& arguments, Characterization const& found) {
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
  fmt::print("  states by mean step      {:.1f} up, {:.1f} down\n", found.up.states_by_step,
             found.down.states_by_step);
  fmt::print("  states by noise          {} up, {} down\n", states_text(found.up),
             states_text(found.down));
}

void print_retention(std::vector<RetentionRow> const& rows) {
  if (rows.empty()) return fmt::print("  retention                none: time changes nothing\n");
  std::size_t const times = rows.size() / std::size(retention_starts);
  fmt::print("\n  retention: median (16 % to 84 %) of devices programmed to\n  time (s) ");
  for (double const start : retention_starts) fmt::print("  {:<24.1f}", start);
  fmt::print("\n");
  for (std::size_t time = 0; time < times; ++time) {
    fmt::print("  {:9.3g}", rows[time].time_s);
    for (std::size_t at = time; at < rows.size(); at += times) {
      RetentionRow const& row = rows[at];
      fmt::print("  {:6.4f} ({:6.4f}, {:6.4f})", row.median, row.low, row.high);
    }
    fmt::print("\n");
  }
}

void print_endurance(std::vector<EnduranceRow> const& rows) {
  if (rows.empty()) return fmt::print("  endurance                none: writes change nothing\n");
  fmt::print("\n  endurance: medians; width of the window also from 16 % to 84 %\n");
  fmt::print("      writes  G_max   G_min   width                    failed\n");
  for (EnduranceRow const& row : rows) {
    fmt::print("  {:10}  {:6.4f}  {:6.4f}  {:6.4f} ({:6.4f}, {:6.4f})  {:6.4f}\n", row.writes,
               row.top, row.bottom, row.median, row.low, row.high, row.failed);
  }
}

int run_characterize(CharacterizeArguments& arguments) {
  if (arguments.seed) arguments.trains.seed = *arguments.seed;
  if (!arguments.overwrite) refuse_existing({arguments.result, arguments.table});
  DeviceConfig const device = device_of(arguments.name);
  if (arguments.retention_s && !changes_with_time(device)) {
    throw UserError(fmt::format(
        "--retention-s {:g}: time does nothing to {} (its [device.retention] has no lifetime_s, "
        "diffusion, loss_per_decade or drift)",
        *arguments.retention_s, arguments.name));
  }
  Characterization const found = characterize(device, arguments.trains);
  CharacterizationReport report =
      characterization_report(arguments.name, device, arguments.trains, found);
  Population const population{arguments.trains.devices, arguments.trains.seed};
  report.retention = retention_of(device, population, arguments.retention_s);
  report.endurance = endurance_of(device, population);
  if (!arguments.table.empty()) {
    write_file_atomically(arguments.table,
                          pulse_table_text(emulated_trains(device, arguments.trains)));
  }
  write_and_draw(
      arguments.result, arguments.picture,
      [&](std::filesystem::path const& file) { write_characterization(report, file); },
      plot_device);
  if (arguments.json) {
    fmt::print("{}\n", characterization_json(report).dump());
  } else {
    print_characterization(arguments, found);
    print_retention(report.retention);
    print_endurance(report.endurance);
  }
  return 0;
}

}  // namespace

void add_device_characterize(CommandLine& device) {
  auto const arguments = std::make_shared<CharacterizeArguments>();
  CommandLine& measured = device.command(
      "characterize", "curves, steps, noise, retention and endurance of many devices");
  measured.positional("name", arguments->name, "a name that device list prints, or a TOML file");
  measured.option("--devices", arguments->trains.devices, 1, 100000, "devices to emulate");
  measured.option("--pulses", arguments->trains.pulses, 1, 100000,
                  "pulses of each train; each asks for 1/pulses of the window");
  measured.option("--seed", arguments->seed, "seed of devices and noise (default 1)");
  measured.option("--retention-s", arguments->retention_s, 1e-9, 1e15,
                  "longest wait, in seconds (default: the device's lifetime, or 1e6)");
  measured.option("-o,--output", arguments->result, "file for everything found (HDF5)");
  measured.option("--plot", arguments->picture, "picture of it (PNG, SVG or PDF)");
  measured.option("--trains", arguments->table,
                  "file for the trains themselves, as device fit reads them (CSV)");
  measured.flag("--overwrite", arguments->overwrite, "replace existing files");
  measured.flag("--json", arguments->json, "one JSON object");
  measured.examples(
      "  panther device characterize ag-a-si --plot ag-a-si.png\n"
      "  panther device characterize mine.toml --devices 1000 --pulses 200 --json");
  measured.runs([arguments] { return run_characterize(*arguments); });
}

}  // namespace panther
