// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a run did and what it cost.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/arch/access.hpp"
#include "host/arch/ids.hpp"
#include "host/arch/matrix_engine.hpp"
#include "host/isa/record.hpp"
#include "host/sim/run_context.hpp"

namespace panther::machine {

enum class Outcome : std::uint8_t { halted, deadlock, cycle_limit, breakpoint };

struct CoreResult {
  CoreId core{};
  Cycle cycles = 0;
  /// Executed, and in the program.
  std::uint64_t instructions = 0;
  std::uint64_t program_instructions = 0;
  /// Cycles by what they went to; the rest of `cycles` is the pipeline's start.
  std::array<Cycle, static_cast<std::size_t>(Activity::count)> activity{};
};

struct TileResult {
  Cycle cycles = 0;
  /// Executed, and in the program.
  std::uint64_t instructions = 0;
  std::uint64_t program_instructions = 0;
  /// Cores that had a program, in order; all others ran `idle_core_cycles` cycles.
  std::vector<CoreResult> cores;
};

/// Cycles and instructions of a core that holds only hlt.
inline constexpr Cycle idle_core_cycles = 3;
inline constexpr std::uint64_t idle_core_instructions = 1;

struct RunResult {
  Outcome outcome = Outcome::halted;
  Cycle cycles = 0;
  AccessCounts counts;
  std::uint64_t packets_intra = 0;
  std::uint64_t packets_inter = 0;
  std::uint64_t noc_busy_cycles = 0;
  std::vector<TileResult> tiles;
  /// Executions by "core:alu:add", "tile:send" and so on.
  std::map<std::string, std::uint64_t> instruction_mix;
  /// Instructions of the programs, by the same names, whether they were executed or not.
  std::map<std::string, std::uint64_t> program_mix;
  /// Of all cores, tile 0 included.
  CrossbarCounters crossbars;
  /// After a deadlock or at the cycle limit: who waits for what.
  std::vector<std::string> waiting;
  std::optional<Breakpoint> breakpoint;

  double dynamic_pj = 0;
  /// mW x ns = pJ.
  double leakage_pj = 0;
};

}  // namespace panther::machine
