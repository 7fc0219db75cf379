// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/statistics.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/arch/physical.hpp"

namespace panther::machine {
namespace {

constexpr double joule_per_pj = 1e-12;
constexpr double second_per_ns = 1e-9;
constexpr double mw_per_watt = 1e3;
/// Tiles 0 and 1 hold inputs and outputs and are no part of the mapped network.
constexpr std::size_t io_tiles = 2;

double mapped_tiles(Machine const& machine, RunResult const& result) {
  if (machine.rules.node_power_of_all_tiles) return machine.organisation.tiles_per_node;
  return result.tiles.size() > io_tiles ? static_cast<double>(result.tiles.size() - io_tiles) : 0;
}

AccessStatistics access_statistics(Machine const& machine, RunResult const& result) {
  AccessStatistics s;
  for (std::size_t i = 0; i < access_kinds; ++i) {
    auto const access = static_cast<Access>(i);
    s.name.emplace_back(name_of(access));
    s.count.push_back(result.counts[access]);
    s.energy_per_access_pj.push_back(energy_pj(machine, access));
    s.energy_j.push_back(static_cast<double>(s.count.back()) * s.energy_per_access_pj.back() *
                         joule_per_pj);
  }
  return s;
}

InstructionStatistics instruction_statistics(RunResult const& result) {
  InstructionStatistics s;
  // Whatever ran stands in a program.
  for (auto const& [name, number] : result.program_mix) {
    auto const ran = result.instruction_mix.find(name);
    s.name.push_back(name);
    s.executed.push_back(ran == result.instruction_mix.end() ? 0 : ran->second);
    s.in_programs.push_back(number);
  }
  return s;
}

CoreStatistics core_statistics(RunResult const& result) {
  CoreStatistics s;
  for (std::size_t t = 0; t < result.tiles.size(); ++t) {
    for (CoreResult const& core : result.tiles[t].cores) {
      auto const spent = [&core](Activity activity) {
        return core.activity[static_cast<std::size_t>(activity)];
      };
      s.tile.push_back(t);
      s.core.push_back(index(core.core));
      s.cycles.push_back(core.cycles);
      s.instructions.push_back(core.instructions);
      s.control_cycles.push_back(spent(Activity::control));
      s.vector_cycles.push_back(spent(Activity::vector));
      s.matrix_cycles.push_back(spent(Activity::matrix));
      s.memory_cycles.push_back(spent(Activity::memory));
      double const busy = static_cast<double>(spent(Activity::vector) + spent(Activity::matrix));
      s.utilisation.push_back(
          result.cycles > 0 ? std::min(1.0, busy / static_cast<double>(result.cycles)) : 0);
    }
  }
  return s;
}

nlohmann::json core_cycles(Machine const& machine, TileResult const& tile) {
  std::vector<Cycle> cycles(static_cast<std::size_t>(machine.organisation.cores_per_tile),
                            idle_core_cycles);
  for (CoreResult const& core : tile.cores) cycles[index(core.core)] = core.cycles;
  return cycles;
}

nlohmann::json instruction_counts(Machine const& machine, RunResult const& result) {
  nlohmann::json counts;
  for (std::size_t t = 0; t < result.tiles.size(); ++t) {
    std::string const tile = "tile" + std::to_string(t);
    counts[tile] = result.tiles[t].program_instructions;
    for (int c = 0; c < machine.organisation.cores_per_tile; ++c) {
      counts[tile + "/core" + std::to_string(c)] = idle_core_instructions;
    }
    for (CoreResult const& core : result.tiles[t].cores) {
      counts[tile + "/core" + std::to_string(index(core.core))] = core.program_instructions;
    }
  }
  return counts;
}

/// Writes scalars and lists of a described struct under the names of its fields.
struct JsonVisitor {
  nlohmann::json& out;
  template <class T>
  void operator()(std::string_view name, T const& value, Field const&) {
    if constexpr (DescribedStruct<T>) {
      JsonVisitor inner{out[std::string(name)]};
      T::fields(value, inner);
    } else {
      out[std::string(name)] = value;
    }
  }
};

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::halted:
      return "halted";
    case Outcome::deadlock:
      return "deadlock";
    case Outcome::cycle_limit:
      return "cycle_limit";
    case Outcome::breakpoint:
      return "breakpoint";
  }
  return "";
}

RunStatistics make_statistics(Machine const& machine, RunResult const& result) {
  RunStatistics s;
  double const mapped = mapped_tiles(machine, result);
  s.outcome = outcome_name(result.outcome);
  s.cycles = result.cycles;
  s.time_s =
      static_cast<double>(result.cycles) * machine.organisation.cycle_time_ns * second_per_ns;
  s.dynamic_energy_j = result.dynamic_pj * joule_per_pj;
  s.leakage_energy_j = result.leakage_pj * joule_per_pj;
  s.total_energy_j = s.dynamic_energy_j + s.leakage_energy_j;
  s.average_power_mw = s.time_s > 0 ? s.total_energy_j / s.time_s * mw_per_watt : 0;
  s.leakage_power_mapped_mw = node_sum(machine, mapped).leakage_mw;
  s.peak_power_mapped_mw = node_sum(machine, mapped).peak_mw;
  s.node_area_mm2 = node_sum(machine, machine.organisation.tiles_per_node).area_mm2;
  s.tile_area_mm2 = tile_sum(machine).area_mm2;
  s.core_area_mm2 = core_sum(machine).area_mm2;
  s.packets_intra = result.packets_intra;
  s.packets_inter = result.packets_inter;
  s.noc_busy_cycles = result.noc_busy_cycles;
  s.packet_injection_rate = result.cycles > 0 ? static_cast<double>(result.packets_intra) /
                                                    static_cast<double>(result.cycles) /
                                                    machine.organisation.tiles_per_node
                                              : 0;
  s.tiles_total = result.tiles.size();
  for (TileResult const& tile : result.tiles) s.tile_cycles.push_back(tile.cycles);
  s.accesses = access_statistics(machine, result);
  s.instructions = instruction_statistics(result);
  s.cores = core_statistics(result);
  s.crossbars = result.crossbars;
  if (result.breakpoint) {
    s.breakpoint = fmt::format("{}:{}:{}", index(result.breakpoint->tile),
                               index(result.breakpoint->core), result.breakpoint->position);
  }
  s.waiting = result.waiting;
  return s;
}

std::string statistics_json(Machine const& machine, RunResult const& result) {
  RunStatistics const s = make_statistics(machine, result);
  nlohmann::json out;
  JsonVisitor visit{out};
  RunStatistics::fields(s, visit);
  out.erase("accesses");
  out.erase("instructions");
  out["halted"] = result.outcome == Outcome::halted;
  for (std::size_t i = 0; i < s.accesses.name.size(); ++i) {
    std::string const& name = s.accesses.name[i];
    out["access_counts"][name] = s.accesses.count[i];
    out["energy_per_access_pJ"][name] = s.accesses.energy_per_access_pj[i];
    out["energy_by_component_J"][name] = s.accesses.energy_j[i];
  }
  out["core_cycles"] = nlohmann::json::array();
  for (TileResult const& tile : result.tiles)
    out["core_cycles"].push_back(core_cycles(machine, tile));
  out["instruction_counts"] = instruction_counts(machine, result);
  out["opcode_counts"] = result.program_mix;
  out["executed_counts"] = result.instruction_mix;
  return out.dump(1) + "\n";
}

}  // namespace panther::machine
