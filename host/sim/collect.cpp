// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// After the run: counts, energy and the result.

#include "host/arch/physical.hpp"
#include "host/isa/registry.hpp"
#include "host/sim/simulator_impl.hpp"

namespace panther::machine {
namespace {

/// Packets that share one access of the link between nodes in the reference's account.
constexpr std::uint64_t packets_per_link_access = 12;
/// Fetches of a core besides its instructions: it reads once what stands behind hlt.
constexpr std::uint64_t extra_fetches = 1;

}  // namespace

RunResult Simulator::Impl::collect(Outcome outcome) const {
  RunResult result;
  result.outcome = outcome;
  result.breakpoint = context_.hit;
  result.cycles = outcome == Outcome::halted ? now_ + 1 : now_;
  result.tiles.reserve(tile_runs.size());
  for (TileRun const& tile : tile_runs) {
    collect_tile(tile, index(tile.id()) > 0 || machine.rules.count_tile_0, result);
    if (outcome != Outcome::halted) {
      for (std::string& line : tile.waiting(network_)) result.waiting.push_back(std::move(line));
    }
  }
  collect_counts(result);
  collect_energy(result);
  return result;
}

void Simulator::Impl::collect_tile(TileRun const& tile, bool counted, RunResult& result) const {
  TileResult& out = result.tiles.emplace_back();
  out.cycles = tile.cycles(now_);
  out.instructions = tile.counts().fetches;
  auto const idle =
      static_cast<std::uint64_t>(machine.organisation.cores_per_tile) - tile.cores().size();
  result.instruction_mix["core:hlt"] += idle;
  result.program_mix["core:hlt"] += idle;
  out.program_instructions = tile.program().code.size();
  std::uint64_t fetches = idle * (idle_core_instructions + extra_fetches);
  Cycle core_cycles = idle * idle_core_cycles;
  for (CoreRun const& core : tile.cores()) {
    Cycle const cycles = core.phase() == CoreRun::Phase::halted ? core.halted_at() + 1 : now_;
    out.cores.push_back(
        {core.id(), cycles, core.instructions(), core.program().code.size(), core.activity()});
    if (MatrixEngine const* engine = core.state() ? core.state()->engine_if_any() : nullptr)
      result.crossbars.add(engine->counters());
    core_cycles += cycles;
    fetches += core.instructions() + core.squashed() + extra_fetches;
  }
  if (!counted) return;
  AccessCounts& counts = result.counts;
  ControllerCounts const& controller = tile.controller_counts();
  std::uint64_t const memory = controller.memory_accesses + tile.counts().memory_accesses;
  counts[Access::imem] += fetches;
  counts[Access::imem_t] += tile.counts().fetches;
  counts[Access::rbuff] += tile.counts().receives;
  counts[Access::edctrl] += controller.attempts;
  counts[Access::edctrl_counter] += controller.grants;
  counts[Access::edram] += memory;
  counts[Access::edram_bus] += memory;
  bool const own = machine.rules.control_units_own_cycles;
  counts[own ? Access::core_control : Access::tile_control] += core_cycles;
  counts[own ? Access::tile_control : Access::core_control] += out.cycles;
}

void Simulator::Impl::collect_counts(RunResult& result) const {
  collect_programs(result);
  AccessCounts& counts = result.counts;
  counts[Access::rbuff] +=
      network_.writes() + (machine.rules.count_tile_0 ? network_.writes_tile_0() : 0);
  result.packets_intra = network_.packets_intra();
  result.packets_inter = network_.packets_inter();
  result.noc_busy_cycles = network_.busy_cycles();
  counts[Access::noc_intra] = machine.rules.noc_energy_per_packet
                                  ? result.packets_intra + result.packets_inter
                                  : result.noc_busy_cycles;
  counts[Access::noc_inter] = machine.rules.link_energy_per_packet
                                  ? result.packets_inter
                                  : result.packets_inter / packets_per_link_access;
}

void Simulator::Impl::collect_programs(RunResult& result) const {
  std::vector<std::uint64_t> executed(programs_.names().size());
  std::vector<std::uint64_t> present(programs_.names().size());
  for (auto const& program : programs_.all()) {
    for (std::size_t i = 0; i < program->code.size(); ++i) {
      present[program->names[i]] += program->users;
      std::uint64_t const all = program->runs[i] + program->runs_tile_0[i];
      if (all == 0) continue;
      executed[program->names[i]] += all;
      Instruction const& in = program->code[i].instruction;
      InstructionRecord const& record = record_of(in);
      if (!record.events) continue;
      AccessCounts once;
      record.events(machine, in, once);
      result.counts.add(once, machine.rules.count_tile_0 ? all : program->runs[i]);
    }
  }
  for (std::size_t n = 0; n < executed.size(); ++n) {
    if (executed[n] > 0) result.instruction_mix[programs_.names()[n]] += executed[n];
    if (present[n] > 0) result.program_mix[programs_.names()[n]] += present[n];
  }
}

void Simulator::Impl::collect_energy(RunResult& result) const {
  for (std::size_t i = 0; i < access_kinds; ++i) {
    auto const access = static_cast<Access>(i);
    result.dynamic_pj += static_cast<double>(result.counts[access]) * energy_pj(machine, access);
  }
  bool const own = machine.rules.control_units_own_cycles;
  auto const core_cycles =
      static_cast<double>(result.counts[own ? Access::core_control : Access::tile_control]);
  auto const tile_cycles =
      static_cast<double>(result.counts[own ? Access::tile_control : Access::core_control]);
  result.leakage_pj =
      static_cast<double>(result.noc_busy_cycles) * machine.constants.router.leakage_mw +
      tile_cycles * sum(tile_components(machine)).leakage_mw +
      core_cycles * core_sum(machine).leakage_mw;
}

}  // namespace panther::machine
