// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

TileAction action(Machine const&, Instruction const&) { return {}; }

}  // namespace

InstructionRecord compute_record() {
  return {
      .mnemonic = "compute",
      .opcode = 35,
      .unit = Unit::tile,
      .summary = "nothing; kept for old programs",
      .semantics = "No effect: cores run without being told.",
      .time = "1 cycle",
      .energy = "none",
      .example = "compute",
      .compiler_name = "compute",
      .action = action,
  };
}

}  // namespace panther::machine
