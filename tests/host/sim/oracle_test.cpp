// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Everything the reference simulator reported about its programs, figure by figure.

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "host/arch/physical.hpp"
#include "host/sim/reference_engine.hpp"
#include "host/sim/simulator.hpp"
#include "tests/host/sim/gold.hpp"

namespace panther::machine::test {
namespace {

/// Sums of a few hundred terms in another order.
constexpr double energy_tolerance = 1e-12;

void expect_near(double value, double expected, std::string const& what) {
  EXPECT_NEAR(value, expected, std::abs(expected) * energy_tolerance) << what;
}

struct Case {
  std::string program;
  std::string set;
};

std::vector<Case> cases() {
  std::vector<Case> list;
  nlohmann::json const results = gold("results.json");
  for (auto const& [program, sets] : results.items()) {
    for (auto const& [set, figures] : sets.items()) list.push_back({program, set});
  }
  return list;
}

class Oracle : public testing::TestWithParam<Case> {};

void check_counts(RunResult const& result, nlohmann::json const& expected) {
  for (std::size_t i = 0; i < access_kinds; ++i) {
    auto const access = static_cast<Access>(i);
    EXPECT_EQ(result.counts[access],
              expected["access_counts"][std::string(name_of(access))].get<std::uint64_t>())
        << name_of(access);
  }
  EXPECT_EQ(result.packets_intra, expected["packets_intra"].get<std::uint64_t>());
  EXPECT_EQ(result.packets_inter, expected["packets_inter"].get<std::uint64_t>());
  EXPECT_EQ(result.noc_busy_cycles, expected["noc_busy_cycles"].get<std::uint64_t>());
  EXPECT_EQ(result.program_mix,
            (expected["opcode_counts"].get<std::map<std::string, std::uint64_t>>()));
}

void check_cycles(RunResult const& result, nlohmann::json const& expected) {
  EXPECT_EQ(result.cycles, expected["cycles"].get<Cycle>());
  ASSERT_EQ(result.tiles.size(), expected["tile_cycles"].size());
  for (std::size_t t = 0; t < result.tiles.size(); ++t) {
    std::string const tile = "tile" + std::to_string(t);
    EXPECT_EQ(result.tiles[t].cycles, expected["tile_cycles"][t].get<Cycle>()) << tile;
    EXPECT_EQ(result.tiles[t].program_instructions,
              expected["instruction_counts"][tile].get<std::uint64_t>())
        << tile;
    std::vector<Cycle> cycles(8, idle_core_cycles);
    std::vector<std::uint64_t> instructions(8, idle_core_instructions);
    for (CoreResult const& core : result.tiles[t].cores) {
      cycles[index(core.core)] = core.cycles;
      instructions[index(core.core)] = core.program_instructions;
    }
    EXPECT_EQ(cycles, expected["core_cycles"][t].get<std::vector<Cycle>>()) << tile;
    for (std::size_t c = 0; c < 8; ++c) {
      std::string const core = tile + "/core" + std::to_string(c);
      EXPECT_EQ(instructions[c], expected["instruction_counts"][core].get<std::uint64_t>()) << core;
    }
  }
}

void check_energy(RunResult const& result, Machine const& machine, nlohmann::json const& expected) {
  constexpr double joule = 1e-12;
  expect_near(result.dynamic_pj * joule, expected["dynamic_energy_J"], "dynamic");
  expect_near(result.leakage_pj * joule, expected["leakage_energy_J"], "leakage");
  expect_near((result.dynamic_pj + result.leakage_pj) * joule, expected["total_energy_J"], "total");
  for (auto const& [name, energy] : expected["energy_per_access_pJ"].items()) {
    for (std::size_t i = 0; i < access_kinds; ++i) {
      auto const access = static_cast<Access>(i);
      if (name_of(access) == name) expect_near(energy_pj(machine, access), energy, name);
    }
  }
}

void check_area(Machine const& machine, nlohmann::json const& expected) {
  expect_near(core_sum(machine).area_mm2, expected["core_area_mm2"], "core area");
  expect_near(tile_sum(machine).area_mm2, expected["tile_area_mm2"], "tile area");
  expect_near(node_sum(machine, machine.organisation.tiles_per_node).area_mm2,
              expected["node_area_mm2"], "node area");
  double const mapped = expected["tiles_total"].get<double>() - 2;
  expect_near(node_sum(machine, mapped).leakage_mw, expected["leakage_power_mapped_mW"],
              "leakage power");
  expect_near(node_sum(machine, mapped).peak_mw, expected["peak_power_mapped_mW"], "peak power");
}

TEST_P(Oracle, EveryFigure) {
  nlohmann::json const expected = gold("results.json")[GetParam().program][GetParam().set];
  Machine const machine = gold_machine(GetParam().set);
  for (bool const function : {false, true}) {
    RunOptions options;
    if (function) options.make_engine = make_reference_engine;
    Simulator simulator(machine, gold_program(GetParam().program), options);
    RunResult const result = simulator.run();
    ASSERT_EQ(result.outcome, Outcome::halted) << testing::PrintToString(result.waiting);
    check_cycles(result, expected);
    check_counts(result, expected);
    check_energy(result, machine, expected);
  }
  check_area(machine, expected);
}

INSTANTIATE_TEST_SUITE_P(Gold, Oracle, testing::ValuesIn(cases()),
                         [](auto const& p) { return p.param.program + "_" + p.param.set; });

/// Notes the cycles that the reference's traces hold.
class CycleTrace final : public TraceSink {
 public:
  std::map<std::string, std::vector<Cycle>> cycles;

  void core_instruction(TileId tile, CoreId core, std::uint32_t, Instruction const&, Cycle decoded,
                        Cycle) override {
    cycles["tile" + std::to_string(index(tile)) + "/core" + std::to_string(index(core))].push_back(
        decoded);
  }
  void tile_instruction(TileId tile, std::uint32_t, Instruction const&, Cycle fetched,
                        Cycle) override {
    cycles["tile" + std::to_string(index(tile))].push_back(fetched);
  }
};

TEST(OracleTraces, EveryInstruction) {
  nlohmann::json const traces = gold("traces.json");
  ASSERT_GT(traces.size(), 10U);
  for (auto const& [name, expected] : traces.items()) {
    std::size_t const dot = name.find('.');
    CycleTrace trace;
    RunOptions options;
    options.trace = &trace;
    Simulator simulator(gold_machine(name.substr(dot + 1)), gold_program(name.substr(0, dot)),
                        options);
    simulator.run();
    for (auto const& [unit, cycles] : expected.items()) {
      EXPECT_EQ(trace.cycles[unit], cycles.get<std::vector<Cycle>>()) << name << " " << unit;
    }
  }
}

TEST(OracleFunction, EveryStoredWord) {
  nlohmann::json const gold_words = gold("functional.json");
  Image image = gold_program("microFunc");
  image.tiles[0].data.push_back(
      {0, 100, gold_words["tile0_memory_words_0_511"].get<std::vector<Word>>()});
  for (auto const& [matrix, rows] : gold_words["weights_raw"].items()) {
    WeightBlock block{CoreId{0}, static_cast<std::uint32_t>(std::stoul(matrix)), {}};
    for (auto const& row : rows) {
      for (auto const& word : row) block.words.push_back(word.get<Word>());
    }
    image.tiles[2].weights.push_back(block);
  }
  RunOptions options;
  options.make_engine = make_reference_engine;
  Simulator simulator(gold_machine("panther"), image, options);
  ASSERT_EQ(simulator.run().outcome, Outcome::halted);

  auto const stored = gold_words["tile2_memory_words_1024_3199"].get<std::vector<Word>>();
  auto const words =
      simulator.tile_words(TileId{2}, 1024, static_cast<std::uint32_t>(stored.size()));
  for (std::size_t i = 0; i < stored.size(); ++i)
    ASSERT_EQ(words[i].value, stored[i]) << "tile word " << 1024 + i;

  auto const* engine = dynamic_cast<ReferenceEngine const*>(simulator.engine(TileId{2}, CoreId{0}));
  ASSERT_NE(engine, nullptr);
  auto const& d = gold_words["d_accumulator_matrix0_times_2p26"];
  for (std::size_t r = 0; r < 128; ++r) {
    for (std::size_t c = 0; c < 128; ++c)
      ASSERT_EQ(engine->accumulated(0)[r * 128 + c], d[r][c].get<std::int64_t>());
  }
}

}  // namespace
}  // namespace panther::machine::test
