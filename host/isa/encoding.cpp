// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/encoding.hpp"

#include <fmt/format.h>

#include "host/isa/registry.hpp"

namespace panther::machine {
namespace {

constexpr int opcode_shift = 58;

}  // namespace

std::uint64_t encode(Instruction const& instruction) {
  InstructionRecord const& record = record_of(instruction);
  std::uint64_t bits = std::uint64_t{instruction.opcode} << opcode_shift;
  int shift = 0;
  for (std::size_t i = 0; i < record.operands.size(); ++i) {
    Operand const& operand = record.operands[i];
    bits |= static_cast<std::uint64_t>(std::int64_t{instruction[i]} - operand.lo) << shift;
    shift += operand.bits;
  }
  return bits;
}

Instruction decode(std::uint64_t bits, Unit unit) {
  auto const opcode = static_cast<std::uint8_t>(bits >> opcode_shift);
  InstructionRecord const* record = find_instruction(opcode);
  if (!record || record->unit != unit) {
    throw OperandError(fmt::format("{:#018x}: opcode {} is no {} instruction", bits, opcode,
                                   unit == Unit::core ? "core" : "tile"));
  }
  Instruction in{.opcode = opcode};
  std::uint64_t rest = bits & ((std::uint64_t{1} << opcode_shift) - 1);
  for (std::size_t i = 0; i < record->operands.size(); ++i) {
    Operand const& operand = record->operands[i];
    std::uint64_t const field = rest & ((std::uint64_t{1} << operand.bits) - 1);
    in.operand[i] = checked(operand, static_cast<std::int64_t>(field) + operand.lo);
    rest >>= operand.bits;
  }
  if (rest != 0)
    throw OperandError(
        fmt::format("{:#018x}: bits behind the operands of {} are not 0", bits, record->mnemonic));
  return in;
}

}  // namespace panther::machine
