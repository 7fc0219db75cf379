// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a run cost, in the units and under the names of the reports.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "host/arch/machine.hpp"
#include "host/sim/result.hpp"

namespace panther::machine {

/// One kind of event.
struct AccessStatistics {
  std::vector<std::string> name;
  std::vector<std::uint64_t> count;
  std::vector<double> energy_per_access_pj;
  std::vector<double> energy_j;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("name", s.name, Field{.doc = "kind of event"});
    visit("count", s.count, Field{.unit = "1", .doc = "number of events"});
    visit("energy_per_access_pJ", s.energy_per_access_pj,
          Field{.unit = "pJ", .doc = "energy of one event"});
    visit("energy_J", s.energy_j, Field{.unit = "J", .doc = "energy of all events"});
  }
};

/// One kind of instruction, "core:alu:add" or "tile:send".
struct InstructionStatistics {
  std::vector<std::string> name;
  std::vector<std::uint64_t> executed;
  std::vector<std::uint64_t> in_programs;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("name", s.name, Field{.doc = "unit, instruction and variant"});
    visit("executed", s.executed, Field{.unit = "1", .doc = "how often it ran"});
    visit("in_programs", s.in_programs,
          Field{.unit = "1", .doc = "how often the programs hold it"});
  }
};

/// Cores that had a program. Cycles that are in none of the four are the start of the pipeline.
struct CoreStatistics {
  std::vector<std::uint64_t> tile;
  std::vector<std::uint64_t> core;
  std::vector<std::uint64_t> cycles;
  std::vector<std::uint64_t> instructions;
  std::vector<std::uint64_t> control_cycles;
  std::vector<std::uint64_t> vector_cycles;
  std::vector<std::uint64_t> matrix_cycles;
  std::vector<std::uint64_t> memory_cycles;
  std::vector<double> utilisation;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("tile", s.tile, Field{.unit = "1", .doc = "tile"});
    visit("core", s.core, Field{.unit = "1", .doc = "core in the tile"});
    visit("cycles", s.cycles,
          Field{.unit = "cycle", .doc = "cycles from the start until the core stopped"});
    visit("instructions", s.instructions, Field{.unit = "1", .doc = "instructions executed"});
    visit("control_cycles", s.control_cycles,
          Field{.unit = "cycle", .doc = "set, scalar operations, branches"});
    visit("vector_cycles", s.vector_cycles,
          Field{.unit = "cycle", .doc = "vector unit and copies"});
    visit("matrix_cycles", s.matrix_cycles, Field{.unit = "cycle", .doc = "crossbars"});
    visit("memory_cycles", s.memory_cycles,
          Field{.unit = "cycle", .doc = "loads and stores, waiting included"});
    visit("utilisation", s.utilisation,
          Field{.unit = "1",
                .doc = "vector and matrix cycles by the cycles of the whole run",
                .lo = 0,
                .hi = 1});
  }
};

struct RunStatistics {
  std::string outcome;
  std::uint64_t cycles = 0;
  double time_s = 0;
  double dynamic_energy_j = 0;
  double leakage_energy_j = 0;
  double total_energy_j = 0;
  double average_power_mw = 0;
  double leakage_power_mapped_mw = 0;
  double peak_power_mapped_mw = 0;
  double node_area_mm2 = 0;
  double tile_area_mm2 = 0;
  double core_area_mm2 = 0;
  std::uint64_t packets_intra = 0;
  std::uint64_t packets_inter = 0;
  std::uint64_t noc_busy_cycles = 0;
  double packet_injection_rate = 0;
  std::uint64_t tiles_total = 0;
  std::vector<std::uint64_t> tile_cycles;
  AccessStatistics accesses;
  InstructionStatistics instructions;
  CoreStatistics cores;
  CrossbarCounters crossbars;
  std::string breakpoint;
  std::vector<std::string> waiting;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("outcome", s.outcome, Field{.doc = "halted, deadlock, cycle_limit or breakpoint"});
    visit("cycles", s.cycles, Field{.unit = "cycle", .doc = "cycles until the last tile stopped"});
    visit("time_s", s.time_s, Field{.unit = "s", .doc = "the same as time"});
    visit("dynamic_energy_J", s.dynamic_energy_j,
          Field{.unit = "J", .doc = "energy of all events"});
    visit("leakage_energy_J", s.leakage_energy_j,
          Field{.unit = "J", .doc = "leakage while tiles and cores were on"});
    visit("total_energy_J", s.total_energy_j, Field{.unit = "J", .doc = "sum of both"});
    visit("average_power_mW", s.average_power_mw,
          Field{.unit = "mW", .doc = "total energy by time"});
    visit("leakage_power_mapped_mW", s.leakage_power_mapped_mw,
          Field{.unit = "mW", .doc = "leakage of the tiles that the program uses"});
    visit("peak_power_mapped_mW", s.peak_power_mapped_mw,
          Field{.unit = "mW",
                .doc = "power of the tiles that the program uses with everything active"});
    visit("node_area_mm2", s.node_area_mm2, Field{.unit = "mm^2", .doc = "a whole node"});
    visit("tile_area_mm2", s.tile_area_mm2, Field{.unit = "mm^2", .doc = "a tile"});
    visit("core_area_mm2", s.core_area_mm2, Field{.unit = "mm^2", .doc = "a core"});
    visit("packets_intra", s.packets_intra, Field{.unit = "1", .doc = "packets within nodes"});
    visit("packets_inter", s.packets_inter, Field{.unit = "1", .doc = "packets between nodes"});
    visit("noc_busy_cycles", s.noc_busy_cycles,
          Field{.unit = "cycle", .doc = "cycles with a packet on its way"});
    visit("packet_injection_rate", s.packet_injection_rate,
          Field{.unit = "1/cycle", .doc = "packets within nodes by cycle and tile of a node"});
    visit("tiles_total", s.tiles_total,
          Field{.unit = "1", .doc = "tiles, those for input and output included"});
    visit("tile_cycles", s.tile_cycles,
          Field{.unit = "cycle", .doc = "cycles that each tile was on"});
    visit("accesses", s.accesses, Field{.doc = "events that cost energy"});
    visit("instructions", s.instructions, Field{.doc = "instruction mix"});
    visit("cores", s.cores, Field{.doc = "cores that had a program"});
    visit("crossbars", s.crossbars,
          Field{.doc = "devices and converters; zeros unless functional is \"on\""});
    visit("breakpoint", s.breakpoint,
          Field{.doc = "TILE:CORE:INSTRUCTION that the run stopped before, or nothing"});
    visit("waiting", s.waiting, Field{.doc = "who waited for what when the run stopped early"});
  }
};

std::string_view outcome_name(Outcome outcome);

RunStatistics make_statistics(Machine const& machine, RunResult const& result);

/// JSON with the keys and units of the published reference results, and more.
std::string statistics_json(Machine const& machine, RunResult const& result);

/// For people: totals, energy by component, instruction mix, utilisation.
std::string statistics_text(Machine const& machine, RunResult const& result);

/// Area, leakage and peak power by component with sources, and their sums for core, tile and node.
std::string physical_text(Machine const& machine);

}  // namespace panther::machine
