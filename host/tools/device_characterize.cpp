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

void refuse_existing(CharacterizeArguments const& arguments) {
  for (std::string const& path : {arguments.result, arguments.table}) {
    if (path.empty() || arguments.overwrite || !std::filesystem::exists(path)) continue;
    throw UserError(fmt::format("{} exists; --overwrite replaces it", path));
  }
}

void draw(CharacterizationReport const& report, CharacterizeArguments const& arguments) {
  if (!arguments.result.empty()) return plot_device(arguments.result, arguments.picture);
  TemporaryResult const temporary;
  write_characterization(report, temporary.path());
  plot_device(temporary.path(), arguments.picture);
}

int run_characterize(CharacterizeArguments& arguments) {
  if (arguments.seed) arguments.trains.seed = *arguments.seed;
  refuse_existing(arguments);
  DeviceConfig const device = device_of(arguments.name);
  Characterization const found = characterize(device, arguments.trains);
  CharacterizationReport const report =
      characterization_report(arguments.name, device, arguments.trains, found);
  if (!arguments.table.empty()) {
    write_file_atomically(arguments.table,
                          pulse_table_text(emulated_trains(device, arguments.trains)));
  }
  if (!arguments.result.empty()) write_characterization(report, arguments.result);
  if (!arguments.picture.empty()) draw(report, arguments);
  if (arguments.json) {
    fmt::print("{}\n", characterization_json(report).dump());
  } else {
    print_characterization(arguments, found);
  }
  return 0;
}

}  // namespace

void add_device_characterize(CommandLine& device) {
  auto const arguments = std::make_shared<CharacterizeArguments>();
  CommandLine& measured =
      device.command("characterize", "curves, steps, symmetry point and noise of many devices");
  measured.positional("name", arguments->name, "a name that device list prints, or a TOML file");
  measured.option("--devices", arguments->trains.devices, 1, 100000, "devices to emulate");
  measured.option("--pulses", arguments->trains.pulses, 1, 100000,
                  "pulses of each train; each asks for 1/pulses of the window");
  measured.option("--seed", arguments->seed, "seed of devices and noise (default 1)");
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
