// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// All instructions, one for each file of host/isa/instructions.

#include <span>
#include <string_view>

#include "host/isa/record.hpp"

namespace panther::machine {

/// Every record by opcode. The list itself is generated from the folder's files.
std::span<InstructionRecord const* const> instructions();

/// The record of an opcode, or null.
InstructionRecord const* find_instruction(std::uint8_t opcode);

/// The record of a mnemonic in core or tile programs, or null.
InstructionRecord const* find_instruction(std::string_view mnemonic, Unit unit);

/// The record of an instruction that came from an assembler or decoder.
InstructionRecord const& record_of(Instruction const& instruction);

}  // namespace panther::machine
