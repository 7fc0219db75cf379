// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { d1, imm, vec };

double latency(Machine const& m, Instruction const& in) {
  return in.at(vec) * m.constants.data_memory.latency_cycles;
}

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  count_writes(m, counts, in.at(d1), in.at(vec));
}

void ranges(Machine const&, Instruction const& in, std::vector<RegisterRange>& out) {
  out.push_back({in.at(d1), in.at(vec), "d1"});
}

Flow execute(CoreState& core, Instruction const& in) {
  core.registers.fill(in.at(d1), in.at(vec), static_cast<Word>(in[imm]));
  return {};
}

}  // namespace

InstructionRecord set_record() {
  return {
      .mnemonic = "set",
      .opcode = 4,
      .operands = {register_operand("d1", "first register to write"),
                   {.name = "imm",
                    .kind = OperandKind::number,
                    .bits = 17,
                    .lo = -32768,
                    .hi = 65535,
                    .unit = "raw word",
                    .doc = "value; 32768 and above are the words 65536 less"},
                   length_operand("number of words")},
      .summary = "set registers to a constant",
      .semantics = "Writes the low 16 bits of imm to vec words from d1.",
      .time = "vec cycles",
      .energy = "1 write per word, by space",
      .example = "set data[0], 1024, 1",
      .compiler_name = "set",
      .compiler_arguments = {{"d1", d1}, {"imm", imm}, {"vec", vec, 1}},
      .latency = latency,
      .events = events,
      .ranges = ranges,
      .execute = execute,
  };
}

}  // namespace panther::machine
