// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "host/arch/machine_file.hpp"
#include "host/arch/presets.hpp"
#include "host/base/text_file.hpp"
#include "host/isa/image_file.hpp"
#include "host/sim/simulate.hpp"
#include "host/sim/statistics.hpp"
#include "host/sim/trace_writers.hpp"
#include "host/tools/command.hpp"

namespace panther {

namespace {

enum class Statistics : std::uint8_t { text, json, hdf5 };
/// What the command line may say instead of the machine's own setting.
enum class Function : std::uint8_t { machine, off, reference, on };

}  // namespace

template <>
struct EnumNames<Statistics> {
  static constexpr std::array values{std::pair{Statistics::text, std::string_view{"text"}},
                                     std::pair{Statistics::json, std::string_view{"json"}},
                                     std::pair{Statistics::hdf5, std::string_view{"hdf5"}}};
};

template <>
struct EnumNames<Function> {
  static constexpr std::array values{std::pair{Function::machine, std::string_view{"machine"}},
                                     std::pair{Function::off, std::string_view{"off"}},
                                     std::pair{Function::reference, std::string_view{"reference"}},
                                     std::pair{Function::on, std::string_view{"on"}}};
};

namespace {

struct SimArguments {
  std::string input;
  std::string program;
  std::string machine = "panther";
  std::vector<std::string> sets;
  Function function = Function::machine;
  Statistics statistics = Statistics::text;
  std::string output;
  std::string trace;
  std::string timeline;
  std::optional<std::uint64_t> max_cycles;
  std::vector<std::string> breakpoints;
  std::vector<std::string> dumps;
  bool list_presets = false;
  bool print_machine = false;
  bool area = false;
};

/// Exactly `count` numbers with colons between.
std::vector<std::uint32_t> numbers(std::string const& text, std::size_t count,
                                   std::string_view form) {
  std::vector<std::uint32_t> list;
  char const* at = text.data();
  char const* const end = at + text.size();
  while (list.size() < count) {
    std::uint32_t value = 0;
    auto const [next, error] = std::from_chars(at, end, value);
    if (error != std::errc{}) break;
    list.push_back(value);
    at = next;
    if (at == end || *at != ':') break;
    ++at;
  }
  if (list.size() != count || at != end)
    throw UsageError(fmt::format("'{}' is not of the form {}", text, form));
  return list;
}

machine::Arithmetic arithmetic_of(SimArguments const& arguments, machine::Machine const& machine) {
  switch (arguments.function) {
    case Function::off:
      return machine::Arithmetic::off;
    case Function::reference:
      return machine::Arithmetic::reference;
    case Function::on:
      return machine::Arithmetic::crossbar;
    case Function::machine:
      break;
  }
  return machine.arithmetic;
}

machine::RunOptions options_of(SimArguments const& arguments, machine::TraceRecorder& recorder) {
  machine::RunOptions options;
  if (arguments.max_cycles) options.max_cycles = *arguments.max_cycles;
  if (!arguments.trace.empty() || !arguments.timeline.empty()) options.trace = &recorder;
  for (std::string const& text : arguments.breakpoints) {
    auto const place = numbers(text, 3, "TILE:CORE:INSTRUCTION");
    options.breakpoints.insert(
        {static_cast<machine::TileId>(place[0]), static_cast<machine::CoreId>(place[1]), place[2]});
  }
  return options;
}

void print_dump(machine::Simulator const& simulator, std::string const& text) {
  auto const part = numbers(text, 3, "TILE:FIRST:COUNT");
  if (part[0] >= simulator.tiles())
    throw UsageError(
        fmt::format("--dump: tile {} (allowed: 0..{})", part[0], simulator.tiles() - 1));
  auto const words = simulator.tile_words(static_cast<machine::TileId>(part[0]), part[1], part[2]);
  for (std::size_t i = 0; i < words.size(); ++i) {
    fmt::print("tile {} word {} = {} {} counter {}\n", part[0], part[1] + i, words[i].value,
               words[i].valid ? "valid" : "invalid", words[i].counter);
  }
}

void write_statistics(SimArguments const& arguments, machine::Machine const& machine,
                      machine::RunResult const& result) {
  if (arguments.statistics == Statistics::hdf5) {
    if (arguments.output.empty()) throw UsageError("sim: give the file for --stats hdf5 with -o");
    machine::write_statistics_hdf5(arguments.output, machine, result);
    return;
  }
  std::string const text = arguments.statistics == Statistics::json
                               ? machine::statistics_json(machine, result)
                               : machine::statistics_text(machine, result);
  if (arguments.output.empty()) {
    fmt::print("{}", text);
  } else {
    write_file_atomically(arguments.output, text);
  }
}

int simulate(SimArguments const& arguments, machine::Machine machine) {
  machine::Image const image =
      machine::load_image(arguments.input, arguments.program, machine.organisation);
  machine.arithmetic = arithmetic_of(arguments, machine);
  machine::TraceRecorder recorder;
  machine::RunOptions options = options_of(arguments, recorder);
  options.make_engine = machine::engine_factory(machine);
  machine::Simulator simulator(machine, image, options);
  machine::RunResult const result = simulator.run();
  if (!arguments.trace.empty()) write_file_atomically(arguments.trace, recorder.text());
  if (!arguments.timeline.empty())
    write_file_atomically(arguments.timeline, recorder.chrome_json());
  write_statistics(arguments, machine, result);
  for (std::string const& dump : arguments.dumps) print_dump(simulator, dump);
  if (result.outcome == machine::Outcome::halted || result.outcome == machine::Outcome::breakpoint)
    return 0;
  fmt::print(stderr, "{} in cycle {}\n", machine::outcome_name(result.outcome), result.cycles);
  for (std::string const& line : result.waiting) fmt::print(stderr, "  {}\n", line);
  return 1;
}

int run_sim(SimArguments const& arguments) {
  if (arguments.list_presets) {
    for (machine::Preset const& preset : machine::presets())
      fmt::print("{:<22}{}\n", preset.name, preset.summary);
    return 0;
  }
  machine::Machine const machine = machine::load_machine(arguments.machine, arguments.sets);
  if (arguments.print_machine)
    fmt::print("{}", machine::print_machine(machine, ConfigStyle::commented));
  if (arguments.area) fmt::print("{}", machine::physical_text(machine));
  if (arguments.print_machine || arguments.area) return 0;
  if (arguments.input.empty())
    throw UsageError("sim: give a program, --list-presets, --print-machine or --area");
  return simulate(arguments, machine);
}

}  // namespace

void add_sim_command(CommandLine& program) {
  auto const arguments = std::make_shared<SimArguments>();
  CommandLine& command = program.command("sim", "run a PANTHER program: cycles, energy, traces");
  command.optional_positional(
      "input", arguments->input,
      "assembly text, JSON, image, or folder of the public compiler's files");
  command.option("--program", arguments->program,
                 "which program of a JSON file that holds several");
  command.option("-m,--machine", arguments->machine, "preset or TOML file");
  command.option("-s,--set", arguments->sets, "KEY=VALUE laid over the machine; repeatable");
  command.choice("--function", arguments->function,
                 "what matrix instructions compute: nothing, as the reference does, on crossbars, "
                 "or as the machine says");
  command.choice("--stats", arguments->statistics, "form of the statistics");
  command.option("-o,--output", arguments->output,
                 "file for the statistics instead of standard output");
  command.option("--trace", arguments->trace, "file for a text line for every instruction");
  command.option("--timeline", arguments->timeline,
                 "file for a Chrome or Perfetto timeline (JSON)");
  command.option("--max-cycles", arguments->max_cycles,
                 "stop here with a report (default 1000000000)");
  command.option("--break", arguments->breakpoints,
                 "TILE:CORE:INSTRUCTION to stop before; repeatable");
  command.option("--dump", arguments->dumps,
                 "TILE:FIRST:COUNT words of tile memory to print; repeatable");
  command.flag("--list-presets", arguments->list_presets, "list the machines known by name");
  command.flag("--print-machine", arguments->print_machine,
               "print the machine with all keys, units and sources");
  command.flag("--area", arguments->area, "area, leakage and peak power by component");
  command.examples(
      "  panther sim programs.json --program mlpTrA --machine reference-panther --function off "
      "--stats json\n"
      "  panther sim mlp.img --timeline mlp.json\n"
      "  panther sim --area --machine panther");
  command.runs([arguments] { return run_sim(*arguments); });
}

}  // namespace panther
