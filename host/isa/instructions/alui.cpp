// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/record.hpp"
#include "host/isa/vector_instruction.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { op, d1, r1, imm, vec };

VectorOperation operation(Instruction const& in) {
  return {.op = in[op],
          .result = in.at(d1),
          .a = in.at(r1),
          .b = {},
          .constant = static_cast<Word>(in[imm]),
          .elements = in.at(vec)};
}

double latency(Machine const& m, Instruction const& in) { return vector_latency(m, in.at(vec)); }

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  count_vector(m, counts, operation(in));
}

void ranges(Machine const&, Instruction const& in, std::vector<RegisterRange>& out) {
  out.push_back({in.at(d1), in.at(vec), "d1"});
  out.push_back({in.at(r1), in.at(vec), "r1"});
}

Flow execute(CoreState& core, Instruction const& in) {
  execute_vector(core, operation(in));
  return {};
}

std::string variant(Instruction const& in) { return std::string(alu_op(in[op]).name); }

}  // namespace

InstructionRecord alui_record() {
  return {
      .mnemonic = "alui",
      .opcode = 6,
      .activity = Activity::vector,
      .operands = {alu_op_operand(),
                   register_operand("d1", "first word of the result"),
                   register_operand("r1", "first word of the operand"),
                   {.name = "imm",
                    .kind = OperandKind::fixed,
                    .bits = 16,
                    .lo = -32768,
                    .hi = 32767,
                    .unit = "raw word or real",
                    .doc = "second operand of every element"},
                   length_operand("number of elements")},
      .summary = "vector operation with a constant",
      .semantics = "d1[i] = op(r1[i], imm), as alu.",
      .time = "as alu",
      .energy = "1 event of the operation's class, 1 read and 1 write per element, by space",
      .example = "alui mul, data[300], data[1], 0.01, 128",
      .compiler_name = "alui",
      .compiler_arguments = {{"op", op}, {"d1", d1}, {"r1", r1}, {"imm", imm}, {"vec", vec, 1}},
      .variant = variant,
      .latency = latency,
      .events = events,
      .ranges = ranges,
      .execute = execute,
  };
}

}  // namespace panther::machine
