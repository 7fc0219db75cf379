// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

TileAction action(Machine const&, Instruction const&) { return {.kind = TileAction::Kind::halt}; }

}  // namespace

InstructionRecord halt_record() {
  return {
      .mnemonic = "halt",
      .opcode = 34,
      .unit = Unit::tile,
      .summary = "stop the tile",
      .semantics = "The tile stops once all its cores have stopped and its queue is empty.",
      .time = "1 cycle from then on",
      .energy = "none",
      .example = "halt",
      .compiler_name = "halt",
      .action = action,
  };
}

}  // namespace panther::machine
