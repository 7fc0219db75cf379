// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { r1, r2, target };

void events(Machine const& m, Instruction const&, AccessCounts& counts) {
  counts[Access::dmem] += 2;
  counts[Access::alu_other] +=
      m.rules.scalar_alu_once ? 1 : static_cast<std::uint64_t>(m.organisation.vector_lanes);
}

void ranges(Machine const&, Instruction const& in, std::vector<RegisterRange>& out) {
  out.push_back({in.at(r1), 1, "r1", true});
  out.push_back({in.at(r2), 1, "r2", true});
}

Flow execute(CoreState& core, Instruction const& in) {
  bool const equal = core.registers.read(in.at(r1)) == core.registers.read(in.at(r2));
  return equal ? Flow{Flow::Kind::jump, in.at(target)} : Flow{};
}

}  // namespace

InstructionRecord beq_record() {
  return {
      .mnemonic = "beq",
      .opcode = 10,
      .operands = {register_operand("r1", "data memory word"),
                   register_operand("r2", "data memory word"),
                   {.name = "target",
                    .kind = OperandKind::label,
                    .bits = 16,
                    .lo = 0,
                    .hi = 65535,
                    .unit = "instruction",
                    .doc = "index of the next instruction if the words are equal"}},
      .summary = "branch if equal",
      .semantics =
          "Goes on at instruction target if the words at r1 and r2 are equal, else at the next "
          "instruction.",
      .time = "1 cycle, and 1 more for the instruction fetched in vain if the branch is taken",
      .energy =
          "dmem 2, alu_other once in each lane (rule scalar_alu_once: one); a fetch in vain counts "
          "one imem",
      .example = "beq data[1], data[2], 0",
      .compiler_name = "beq",
      .compiler_arguments = {{"r1", r1}, {"r2", r2}, {"imm", target}},
      .latency = one_cycle,
      .events = events,
      .ranges = ranges,
      .execute = execute,
  };
}

}  // namespace panther::machine
