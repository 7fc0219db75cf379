// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <memory>

#include "host/base/config_printer.hpp"
#include "host/base/presets.hpp"
#include "host/run/session.hpp"
#include "host/tools/command.hpp"

namespace panther {

namespace {

struct ConfigArguments {
  std::string source;
  std::vector<std::string> sets;
  bool defaults = false;
  bool presets = false;
};

int run_config(ConfigArguments const& arguments) {
  if (arguments.presets) {
    for (Preset const& preset : builtin_presets())
      fmt::print("{:<12} preset:{}\n", preset.kind, preset.name);
    return 0;
  }
  if (arguments.source.empty() && !arguments.defaults) {
    throw UsageError(
        "config: give a configuration to check and print, --print-defaults, or --presets");
  }
  RunConfig const config = arguments.source.empty()
                               ? parse_run_configuration("", "defaults", arguments.sets)
                               : load_run_configuration(arguments.source, arguments.sets);
  fmt::print(
      "{}", print_config(config, arguments.defaults ? ConfigStyle::commented : ConfigStyle::plain));
  return 0;
}

}  // namespace

void add_config_command(CommandLine& program) {
  auto const arguments = std::make_shared<ConfigArguments>();
  CommandLine& command = program.command("config", "check and print configurations");
  command.optional_positional("config", arguments->source,
                              "TOML file or preset:NAME: checked, printed complete");
  command.option("-s,--set", arguments->sets, "KEY=VALUE laid over the configuration; repeatable");
  command.flag("--print-defaults", arguments->defaults,
               "every key with its unit, range and meaning, as TOML");
  command.flag("--presets", arguments->presets, "list the presets");
  command.examples(
      "  panther config --print-defaults > run.toml\n"
      "  panther config run.toml --set slicing.digits=unsigned\n"
      "  panther config --presets");
  command.runs([arguments] { return run_config(*arguments); });
}

}  // namespace panther
