// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// How fast does the machine simulate? For every published program: simulated cycles and
// instructions a second, with function off and on. The reference simulator runs at 1,000 to 5,000
// cycles a second (machine-dependent; it printed these figures on a shared two-core server). Each
// case checks its cycles before it is timed.
//
// System/N: N nodes of 138 tiles with 8 cores, all of them busy: time and memory, first touch of
// the memory included (one iteration; a process of its own for each N), against the number of
// events.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>

#include "host/arch/presets.hpp"
#include "host/isa/json_form.hpp"
#include "host/isa/text_form.hpp"
#include "host/sim/simulate.hpp"

namespace panther::machine {
namespace {

constexpr double reference_cycles_per_second = 5000;

std::string gold_text(std::string const& file) {
  std::ifstream in(std::string(PANTHER_SOURCE_DIR) + "/tests/golden/isa/" + file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::uint64_t executed(RunResult const& result) {
  std::uint64_t total = 0;
  for (auto const& [name, number] : result.instruction_mix) total += number;
  return total;
}

void run_program(benchmark::State& state, std::string const& name, std::string const& preset,
                 Arithmetic arithmetic) {
  static std::string const programs = gold_text("programs.json");
  static nlohmann::json const results = nlohmann::json::parse(gold_text("results.json"));
  Image const image = parse_json_program(programs, "programs.json", name);
  Machine machine = make_preset("reference-" + preset);
  machine.arithmetic = arithmetic;
  RunOptions options;
  options.make_engine = engine_factory(machine);
  RunResult const check = Simulator(machine, image, options).run();
  if (check.cycles != results[name][preset]["cycles"].get<Cycle>())
    throw std::runtime_error(name + ": wrong number of cycles");
  for (auto _ : state) {
    Simulator simulator(machine, image, options);
    benchmark::DoNotOptimize(simulator.run());
  }
  auto const rate = [&](double each) {
    return benchmark::Counter(each * static_cast<double>(state.iterations()),
                              benchmark::Counter::kIsRate);
  };
  auto const cycles = static_cast<double>(check.cycles);
  state.counters["cycles/s"] = rate(cycles);
  state.counters["instructions/s"] = rate(static_cast<double>(executed(check)));
  state.counters["x reference"] = rate(cycles / reference_cycles_per_second);
}

/// The same program with real numbers in it: the published ones read inputs of 0 and have weights
/// of 0, which our arithmetic sees and skips. Programming the weights is not timed.
void run_values(benchmark::State& state, std::string const& name) {
  Image image = parse_json_program(gold_text("programs.json"), "programs.json", name);
  Machine const machine = make_preset("panther");
  std::mt19937_64 random(1);
  auto const words = [&random](std::size_t number, int bound) {
    std::vector<Word> list(number);
    for (Word& w : list)
      w = static_cast<Word>(static_cast<int>(random() % static_cast<unsigned>(2 * bound)) - bound);
    return list;
  };
  auto const side = static_cast<std::size_t>(machine.organisation.xbar_size);
  auto const inputs = static_cast<std::size_t>(machine.organisation.input_words);
  image.tiles[0].data.push_back({0, machine.organisation.input_readers, words(inputs, 4096)});
  for (TileImage& tile : image.tiles) {
    for (auto const& [core, program] : tile.cores) {
      if (program->size() == 1) continue;
      for (std::uint32_t m = 0; m < 2; ++m)
        tile.weights.push_back({core, m, words(side * side, 1000)});
    }
  }
  RunOptions options;
  options.make_engine = engine_factory(machine);
  Cycle cycles = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto simulator = std::make_unique<Simulator>(machine, image, options);
    state.ResumeTiming();
    RunResult const result = simulator->run();
    state.PauseTiming();
    if (result.outcome != Outcome::halted || result.crossbars.device_updates == 0)
      throw std::runtime_error(name + ": no device was updated");
    cycles = result.cycles;
    simulator.reset();
    state.ResumeTiming();
  }
  auto const total = static_cast<double>(cycles) * static_cast<double>(state.iterations());
  state.counters["cycles/s"] = benchmark::Counter(total, benchmark::Counter::kIsRate);
  state.counters["x reference"] =
      benchmark::Counter(total / reference_cycles_per_second, benchmark::Counter::kIsRate);
}

/// All tiles of `nodes` nodes: a packet to the next tile, and eight cores that each load, compute
/// and store.
Image system_image(std::size_t nodes) {
  Machine const machine = make_preset("panther");
  std::size_t const tiles = nodes * static_cast<std::size_t>(machine.organisation.tiles_per_node);
  Image const parts = assemble(
      ".tiles 2\n.tile 0\n.core 0\n"
      "set data[0], 0, 1\nld data[64], data[0], 16, 1\ntrain 100|100\nalu add, data[64], data[64], "
      "data[64], 16\n"
      "train 011|011\nset data[0], 16, 1\nst data[0], data[64], 1, 16, 1\nhlt\n"
      ".core 1\n"
      "set data[0], 16, 1\nld data[64], data[0], 16, 1\ntrain 100|000\nalu relu, data[64], "
      "data[64], 0, 16\nhlt\n"
      ".core 2\nset data[1], 7, 4\ntrain 111|111\nalui mul, data[64], data[1], 0.5, 4\nhlt\n",
      "system");
  ProgramPtr const loader = parts.tiles[0].cores.at(CoreId{0});
  ProgramPtr const follower = parts.tiles[0].cores.at(CoreId{1});
  ProgramPtr const loner = parts.tiles[0].cores.at(CoreId{2});
  Image image;
  image.tiles.resize(tiles + 2);
  for (std::size_t t = 2; t < image.tiles.size(); ++t) {
    TileImage& tile = image.tiles[t];
    std::size_t const next = t + 1 < image.tiles.size() ? t + 1 : 2;
    std::string const text = ".tile 0\n.data 64, 1, 1, 2, 3, 4\nsend 64, 5, 4, " +
                             std::to_string(next) + ", 1\nreceive 0, 5, 4, 1, 1\nhalt\n";
    tile = assemble(text, "tile").tiles[0];
    tile.cores[CoreId{0}] = loader;
    tile.cores[CoreId{1}] = follower;
    for (std::uint32_t c = 2; c < 8; ++c) tile.cores[static_cast<CoreId>(c)] = loner;
  }
  return image;
}

void run_system(benchmark::State& state) {
  auto const nodes = static_cast<std::size_t>(state.range(0));
  Machine machine = make_preset("panther");
  // One word test: the packets are narrower than the loads.
  machine.rules.check_every_word = false;
  Image const image = system_image(nodes);
  std::uint64_t instructions = 0;
  for (auto _ : state) {
    Simulator simulator(machine, image);
    RunResult const result = simulator.run();
    if (result.outcome != Outcome::halted)
      throw std::runtime_error("the system did not halt: " + result.waiting.front());
    instructions = executed(result);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  double const tiles = static_cast<double>(image.tiles.size());
  state.counters["tiles"] = tiles;
  state.counters["peak KiB/tile"] = static_cast<double>(usage.ru_maxrss) / tiles;
  state.counters["instructions/s"] = benchmark::Counter(
      static_cast<double>(instructions) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

void register_programs() {
  static nlohmann::json const results = nlohmann::json::parse(gold_text("results.json"));
  for (char const* program : {"mlpTrA", "convBPanther", "convFPanther"}) {
    std::string const name = std::string("Program/") + program + "/panther/function_on_values";
    benchmark::RegisterBenchmark(name.c_str(), run_values, std::string(program))
        ->Unit(benchmark::kMicrosecond);
  }
  for (auto const& [program, sets] : results.items()) {
    for (auto const& [set, figures] : sets.items()) {
      std::string preset = set;
      for (char& c : preset) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      if (preset == "cmosop" || preset == "pipelayer") continue;
      for (auto const& [mode, arithmetic] :
           {std::pair{"off", Arithmetic::off}, std::pair{"reference", Arithmetic::reference},
            std::pair{"on", Arithmetic::crossbar}}) {
        std::string const name = "Program/" + program + "/" + preset + "/function_" + mode;
        benchmark::RegisterBenchmark(name.c_str(), run_program, program, preset, arithmetic)
            ->Unit(benchmark::kMicrosecond);
      }
    }
  }
}

BENCHMARK(run_system)
    ->Name("System")
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

[[maybe_unused]] bool const registered = (register_programs(), true);

}  // namespace
}  // namespace panther::machine
