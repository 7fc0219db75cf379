// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <memory>

#include "host/base/text_file.hpp"
#include "host/tools/device_commands.hpp"
#include "host/tools/tabulation.hpp"

namespace panther {

namespace {

struct TabulateArguments {
  std::string name;
  std::string output = "table.csv";
  Tabulation plan;
  std::optional<std::uint64_t> seed;
};

int run_tabulate(TabulateArguments& arguments) {
  if (arguments.seed) arguments.plan.seed = *arguments.seed;
  LookupTable table;
  try {
    table = tabulated(device_of(arguments.name), arguments.plan);
  } catch (std::invalid_argument const& error) {
    throw UserError(std::string("device: ") + error.what());
  }
  table.source = fmt::format("{}, pulses of 1/{} window", arguments.name, arguments.plan.pulses);
  write_file_atomically(arguments.output, lookup_table_text(table));
  fmt::print(
      "{}: {} of set and reset, {} conductances, {} quantiles. To train on it:\n\n"
      "[device]\nlaw = \"lookup\"\nfile = \"{}\"\ntables = {}\npulses = {}\nwindow_min = "
      "0\nwindow_max = 1\n",
      arguments.output, table.devices.size() == 1 ? "a table" : "tables", table.conductances,
      table.levels, arguments.output, table.devices.size(), arguments.plan.pulses);
  return 0;
}

}  // namespace

void add_device_tabulate(CommandLine& device) {
  auto const arguments = std::make_shared<TabulateArguments>();
  CommandLine& command =
      device.command("tabulate", "a look-up table of a device's changes, with noise and spread");
  command.positional("name", arguments->name, "a name that device list prints, or a TOML file");
  command.option("-o,--output", arguments->output, "the table file");
  command.option("--pulses", arguments->plan.pulses, 1, 100000,
                 "one pulse asks for 1/pulses of the window");
  command.option("--tables", arguments->plan.tables, 1, most_lookup_tables,
                 "1: all devices in one table; more: a table a device");
  command.option("--conductances", arguments->plan.conductances, 2, 1025, "points of the grid");
  command.option("--levels", arguments->plan.levels, 1, 1024, "quantiles of each change");
  command.option("--draws", arguments->plan.draws, 1, 10000, "moves a quantile");
  command.option("--seed", arguments->seed, "seed of the devices' spread (default 1)");
  command.examples(
      "  panther device tabulate filament-gap -o gap.csv\n"
      "  panther device tabulate mine.toml --tables 20 -o family.csv");
  command.runs([arguments] { return run_tabulate(*arguments); });
}

}  // namespace panther
