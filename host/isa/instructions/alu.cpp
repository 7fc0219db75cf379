// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/record.hpp"
#include "host/isa/vector_instruction.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { op, d1, r1, r2, vec };

VectorOperation operation(Instruction const& in) {
  return {
      .op = in[op], .result = in.at(d1), .a = in.at(r1), .b = in.at(r2), .elements = in.at(vec)};
}

double latency(Machine const& m, Instruction const& in) { return vector_latency(m, in.at(vec)); }

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  count_vector(m, counts, operation(in));
}

void ranges(Machine const&, Instruction const& in, std::vector<RegisterRange>& out) {
  out.push_back({in.at(d1), in.at(vec), "d1"});
  out.push_back({in.at(r1), in.at(vec), "r1"});
  out.push_back({in.at(r2), in.at(vec), "r2"});
}

Flow execute(CoreState& core, Instruction const& in) {
  execute_vector(core, operation(in));
  return {};
}

std::string variant(Instruction const& in) { return std::string(alu_op(in[op]).name); }

}  // namespace

InstructionRecord alu_record() {
  return {
      .mnemonic = "alu",
      .opcode = 5,
      .activity = Activity::vector,
      .operands = {alu_op_operand(), register_operand("d1", "first word of the result"),
                   register_operand("r1", "first word of operand a"),
                   register_operand("r2",
                                    "first word of operand b; 0 for operations of one operand"),
                   length_operand("number of elements")},
      .summary = "vector operation on two vectors",
      .semantics =
          "d1[i] = op(r1[i], r2[i]) in real numbers of 12 fraction bits, rounded half away from "
          "zero. With d1 in "
          "a crossbar's memory the first operand is written instead of the result (rule "
          "alu_writes_crossbar_memory mends that).",
      .time = "floor(vec / lanes) cycles, 2 if that is 0 (rules alu_rounds_up, whole_cycles)",
      .energy =
          "1 event of the operation's class per element; 2 reads (operations of one operand too) "
          "and 1 write per "
          "element, by space",
      .example = "alu add, data[300], data[1], data[129], 128",
      .compiler_name = "alu",
      .compiler_arguments = {{"op", op},
                             {"d1", d1},
                             {"r1", r1},
                             {"r2", r2, 0},
                             {"imm", CompilerArgument::dropped, 0},
                             {"vec", vec, 1}},
      .variant = variant,
      .latency = latency,
      .events = events,
      .ranges = ranges,
      .execute = execute,
  };
}

}  // namespace panther::machine
