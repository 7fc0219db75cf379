// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One instruction as a record: everything that assembler, disassembler, simulator, statistics and
// the reference page know about it. No code outside host/isa/instructions/<mnemonic>.cpp asks which
// instruction it has before it.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "host/arch/access.hpp"
#include "host/arch/core_state.hpp"
#include "host/isa/instruction.hpp"
#include "host/isa/operand.hpp"

namespace panther::machine {

/// Which program the instruction stands in.
enum class Unit : std::uint8_t { core, tile };

/// What a core's time goes to.
enum class Activity : std::uint8_t { control, vector, matrix, memory, count };

/// Where a core goes on.
struct Flow {
  enum class Kind : std::uint8_t { next, jump, halt } kind = Kind::next;
  std::uint32_t target = 0;
};

/// A core's access to tile memory, unit after unit.
struct MemoryAccess {
  enum class Kind : std::uint8_t { none, load, store } kind = Kind::none;
  /// The data memory word that holds the tile memory address.
  std::uint32_t address_register = 0;
  /// First register of unit i is registers + i * register_step.
  std::uint32_t registers = 0;
  std::uint32_t register_step = 0;
  std::uint32_t width = 0;
  std::uint32_t units = 0;
  int readers = 0;
};

/// What a tile's control unit does.
struct TileAction {
  enum class Kind : std::uint8_t { none, send, receive, halt } kind = Kind::none;
  std::uint32_t address = 0;
  std::uint32_t width = 0;
  std::uint32_t units = 0;
  std::uint32_t slot = 0;
  std::uint32_t target = 0;
  int readers = 0;
};

/// Registers first .. first + count - 1.
struct RegisterRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::string_view operand = {};
  /// Whether they must be data memory.
  bool data_only = false;
};

/// An argument of the public compiler's text form, which names them.
struct CompilerArgument {
  static constexpr int dropped = -1;
  static constexpr std::int32_t required = std::numeric_limits<std::int32_t>::min();
  std::string_view name = {};
  /// Index of the operand it sets, or `dropped`.
  int operand = dropped;
  std::int32_t value_if_absent = required;
};

struct InstructionRecord {
  std::string_view mnemonic = {};
  std::uint8_t opcode = 0;
  Unit unit = Unit::core;
  Activity activity = Activity::control;
  std::vector<Operand> operands = {};
  std::string_view summary = {};
  /// Semantics, time and energy in words, for the reference page.
  std::string_view semantics = {};
  std::string_view time = {};
  std::string_view energy = {};
  std::string_view example = {};

  /// The public compiler's name and arguments; empty if it has none.
  std::string_view compiler_name = {};
  std::vector<CompilerArgument> compiler_arguments = {};

  /// Name in the statistics; the mnemonic if empty.
  std::string_view statistics_name = {};
  /// What the statistics tell apart, e.g. "add"; may be absent.
  std::string (*variant)(Instruction const&) = nullptr;

  /// Nominal time in cycles. Absent for instructions whose time depends on others.
  double (*latency)(Machine const&, Instruction const&) = nullptr;
  /// Events of one execution, fetch, control and tile memory apart.
  void (*events)(Machine const&, Instruction const&, AccessCounts&) = nullptr;
  /// Registers it reads or writes; these are checked before a program runs.
  void (*ranges)(Machine const&, Instruction const&, std::vector<RegisterRange>&) = nullptr;

  /// Architectural effect on the core. Absent for memory and tile instructions.
  Flow (*execute)(CoreState&, Instruction const&) = nullptr;
  MemoryAccess (*memory)(Machine const&, Instruction const&) = nullptr;
  TileAction (*action)(Machine const&, Instruction const&) = nullptr;
};

}  // namespace panther::machine
