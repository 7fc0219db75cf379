// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace panther::machine {

/// Defined in the generated list: one call for each file of host/isa/instructions.
std::vector<InstructionRecord const*> make_instruction_list();

namespace {

struct Registry {
  std::vector<InstructionRecord const*> list = make_instruction_list();
  std::array<InstructionRecord const*, 64> by_opcode{};

  Registry() {
    std::sort(list.begin(), list.end(), [](auto* a, auto* b) { return a->opcode < b->opcode; });
    for (InstructionRecord const* record : list) {
      if (record->opcode >= by_opcode.size() || record->operands.size() > max_operands) {
        throw std::logic_error(fmt::format("instruction {}: opcode or number of operands too large",
                                           record->mnemonic));
      }
      InstructionRecord const*& place = by_opcode[record->opcode];
      if (place) {
        throw std::logic_error(fmt::format("instructions {} and {} have the same opcode {}",
                                           place->mnemonic, record->mnemonic, record->opcode));
      }
      place = record;
    }
  }
};

Registry const& registry() {
  static Registry const the_registry;
  return the_registry;
}

}  // namespace

std::span<InstructionRecord const* const> instructions() { return registry().list; }

InstructionRecord const* find_instruction(std::uint8_t opcode) {
  return opcode < registry().by_opcode.size() ? registry().by_opcode[opcode] : nullptr;
}

InstructionRecord const* find_instruction(std::string_view mnemonic, Unit unit) {
  for (InstructionRecord const* record : registry().list) {
    if (record->unit == unit && record->mnemonic == mnemonic) return record;
  }
  return nullptr;
}

InstructionRecord const& record_of(Instruction const& instruction) {
  InstructionRecord const* record = find_instruction(instruction.opcode);
  if (!record)
    throw std::logic_error(fmt::format("no instruction has opcode {}", instruction.opcode));
  return *record;
}

}  // namespace panther::machine
