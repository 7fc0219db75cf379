// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <memory>

#include "devicemodels/models/lookup.hpp"
#include "host/base/text_file.hpp"
#include "host/tools/device_commands.hpp"
#include "host/tools/lookup_import.hpp"

namespace panther {

namespace {

struct ImportArguments {
  std::string file;
  std::string crosssim_reset;
  std::string output = "table.csv";
  ImportPlan plan;
};

/// A table whose mean change has the wrong sign over a window is of no use in it.
void check_directions(LookupTable const& table) {
  Lookup::Params params;
  params.file = table.source;
  params.tables = static_cast<int>(table.devices.size());
  try {
    static_cast<void>(Lookup::table(params, table));
  } catch (std::invalid_argument const& error) {
    throw UserError(error.what());
  }
}

int run_import(ImportArguments const& arguments) {
  LookupTable const table = arguments.crosssim_reset.empty()
                                ? imported(read_pulse_table(arguments.file), arguments.plan)
                                : imported_from_crosssim(arguments.file, arguments.crosssim_reset);
  check_directions(table);
  write_file_atomically(arguments.output, lookup_table_text(table));
  fmt::print(
      "{}: tables of {}, {} to {} {}, {} conductances, {} quantiles. To train on it:\n\n"
      "[device]\nlaw = \"lookup\"\nfile = \"{}\"\ntables = {}\nwindow_min = 0.1\n"
      "window_max = 0.9\n",
      arguments.output, table.devices.size() == 1 ? "one device" : "several devices", table.first,
      table.last, table.unit, table.conductances, table.levels, arguments.output,
      table.devices.size());
  return 0;
}

}  // namespace

void add_device_import(CommandLine& device) {
  auto const arguments = std::make_shared<ImportArguments>();
  CommandLine& command = device.command("import", "a look-up table from measurements");
  command.positional(
      "file", arguments->file,
      "CSV: device, pulse, polarity, conductance [unit]; or CrossSim's table of set");
  command.option("--crosssim-reset", arguments->crosssim_reset,
                 "CrossSim's table of reset (dG_decreasing.txt)");
  command.option("-o,--output", arguments->output, "the table file");
  command.flag("--per-device", arguments->plan.per_device, "a table a device, not one over all");
  command.option("--bandwidth", arguments->plan.bandwidth_percent, 1, 50,
                 "conductances that count as one, in % of the range to either side");
  command.option("--conductances", arguments->plan.conductances, 2, 1025, "points of the grid");
  command.option("--levels", arguments->plan.levels, 1, 1024, "quantiles of each change");
  command.examples(
      "  panther device import measured.csv -o mine.csv --per-device\n"
      "  panther device import dG_increasing.txt --crosssim-reset dG_decreasing.txt");
  command.runs([arguments] { return run_import(*arguments); });
}

}  // namespace panther
