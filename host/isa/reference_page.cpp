// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/reference_page.hpp"

#include <fmt/format.h>

#include <iterator>

#include "host/isa/alu_op.hpp"
#include "host/isa/registry.hpp"

namespace panther::machine {
namespace {

std::string binary_place(InstructionRecord const& record, std::size_t operand) {
  int shift = 0;
  for (std::size_t i = 0; i < operand; ++i) shift += record.operands[i].bits;
  int const top = shift + record.operands[operand].bits - 1;
  return top == shift ? fmt::format("{}", shift) : fmt::format("{}..{}", top, shift);
}

std::string compiler_call(InstructionRecord const& record) {
  std::string text(record.compiler_name);
  text += "(";
  for (CompilerArgument const& argument : record.compiler_arguments) {
    text += (text.back() == '(' ? "" : ", ") + std::string(argument.name);
  }
  return text + ")";
}

void print_record(std::string& out, InstructionRecord const& record) {
  auto const to = std::back_inserter(out);
  fmt::format_to(to, "\n### {}: {}\n\n", record.mnemonic, record.summary);
  fmt::format_to(to, "`{}` · opcode {} · compiler form `{}`\n\n{}\n\n", record.example,
                 record.opcode, compiler_call(record), record.semantics);
  fmt::format_to(to, "Time: {}.\nEnergy: {}.\n", record.time, record.energy);
  if (record.operands.empty()) return;
  out += "\n| operand | bits | unit | allowed | meaning |\n|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < record.operands.size(); ++i) {
    Operand const& operand = record.operands[i];
    std::string values = allowed(operand);
    for (std::size_t bar = values.find('|'); bar != std::string::npos;
         bar = values.find('|', bar + 2))
      values.insert(bar, "\\");
    fmt::format_to(to, "| {} | {} | {} | {} | {} |\n", operand.name, binary_place(record, i),
                   operand.unit, values, operand.doc);
  }
}

void print_unit(std::string& out, Unit unit) {
  for (auto const* record : instructions()) {
    if (record->unit == unit) print_record(out, *record);
  }
}

}  // namespace

std::string instruction_reference() {
  std::string out =
      "# Instruction set\n\n"
      "Generated from the records in `instructions/` and `alu_ops/` by `panther asm --reference`; "
      "a test keeps it fresh.\n\n"
      "An instruction is 64 bits: the opcode in bits 63..58, the operands below in the places "
      "given, each as its value less "
      "the least value allowed, all other bits 0. Registers are words of a core's address space: "
      "input memories of the "
      "crossbars (`m0.f.in[i]`, `m0.b.in[i]`, `m0.d.in[i]`, `m1.f.in[i]`, ...), their output "
      "memories (`m0.f.out[i]`, ...), data "
      "memory (`data[i]`). Rules and constants are those of the machine description.\n\n## Core "
      "instructions\n";
  print_unit(out, Unit::core);
  out += "\n## Tile instructions\n";
  print_unit(out, Unit::tile);
  out += "\n## Vector operations\n\n| name | number | result | charged as |\n|---|---|---|---|\n";
  for (AluOp const& op : alu_ops()) {
    fmt::format_to(std::back_inserter(out), "| {} | {} | {} | {} |\n", op.name, op.code, op.summary,
                   name_of(op.event));
  }
  return out;
}

}  // namespace panther::machine
