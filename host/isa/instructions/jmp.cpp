// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { target };

Flow execute(CoreState&, Instruction const& in) { return {Flow::Kind::jump, in.at(target)}; }

}  // namespace

InstructionRecord jmp_record() {
  return {
      .mnemonic = "jmp",
      .opcode = 9,
      .operands = {{.name = "target",
                    .kind = OperandKind::label,
                    .bits = 16,
                    .lo = 0,
                    .hi = 65535,
                    .unit = "instruction",
                    .doc = "index of the next instruction"}},
      .summary = "jump",
      .semantics = "Goes on at instruction target of the same program.",
      .time = "1 cycle and 1 more for the instruction fetched in vain",
      .energy = "the fetch in vain counts one imem",
      .example = "jmp 0",
      .compiler_name = "jmp",
      .compiler_arguments = {{"imm", target}},
      .latency = one_cycle,
      .execute = execute,
  };
}

}  // namespace panther::machine
