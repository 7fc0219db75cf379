// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A program made ready to run on one machine: what depends on the machine alone is worked out once,
// and what happens is counted per instruction, so that its energy is added up after the run.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/isa/image.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {

/// Cycles that an instruction of nominal latency `latency` keeps its core.
Cycle occupancy(Machine const& machine, double latency);

struct LoweredInstruction {
  Flow (*execute)(CoreState&, Instruction const&) = nullptr;
  Cycle cycles = 0;
  Activity activity = Activity::control;
  Instruction instruction;
  MemoryAccess memory;
  TileAction action;
};

struct LoweredProgram {
  ProgramPtr source;
  std::vector<LoweredInstruction> code;
  /// Tiles and cores that run the program.
  std::uint64_t users = 0;
  /// How often each instruction ran: on tile 0, which some accounts leave out, and elsewhere.
  std::vector<std::uint64_t> runs_tile_0;
  std::vector<std::uint64_t> runs;
  /// For each instruction the number of its name in ProgramCache::names().
  std::vector<std::uint32_t> names;
};

/// The name of an instruction in the statistics, e.g. "core:alu:add".
std::string mix_name(InstructionRecord const& record, Instruction const& instruction);

/// Who runs a program: a core, or the control unit of the tile.
struct ProgramPlace {
  TileId tile{};
  std::optional<CoreId> core = {};

  Unit unit() const { return core ? Unit::core : Unit::tile; }
  /// "tile 2 core 0", for messages.
  std::string text() const;
};

/// Programs by where they came from; each is lowered once.
class ProgramCache {
 public:
  explicit ProgramCache(Machine const& machine, std::size_t tiles)
      : machine_(&machine), tiles_(tiles) {}

  /// Throws ImageError that names the place if an operand does not fit the machine. Null stays
  /// null.
  LoweredProgram* lower(ProgramPtr const& program, ProgramPlace const& place);

  std::vector<std::unique_ptr<LoweredProgram>> const& all() const { return programs_; }
  /// Every mix_name() that occurs, once.
  std::vector<std::string> const& names() const { return names_; }

 private:
  std::uint32_t number_of(InstructionRecord const& record, Instruction const& instruction);

  Machine const* machine_;
  std::size_t tiles_;
  std::vector<std::unique_ptr<LoweredProgram>> programs_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  /// By opcode, for instructions whose name needs no look at the operands.
  std::array<std::optional<std::uint32_t>, 256> numbers_by_opcode_;
  /// By unit: the same instructions mean different things to a core and to a tile.
  std::array<std::unordered_map<Program const*, LoweredProgram*>, 2> known_;
};

}  // namespace panther::machine
