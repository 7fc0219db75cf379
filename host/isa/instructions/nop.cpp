// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

Flow execute(CoreState&, Instruction const&) { return {}; }

}  // namespace

InstructionRecord nop_record() {
  return {
      .mnemonic = "nop",
      .opcode = 0,
      .summary = "nothing",
      .semantics =
          "No effect. The pipeline puts one behind every taken branch; no compiler emits it.",
      .time = "1 cycle",
      .energy = "the fetch only",
      .example = "nop",
      .compiler_name = "nop",
      .latency = one_cycle,
      .execute = execute,
  };
}

}  // namespace panther::machine
