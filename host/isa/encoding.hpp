// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The 64-bit binary form of an instruction: the opcode in bits 63..58, then the operands from bit 0
// up in the order of the record, each as value - lo in its width. All other bits are 0.

#include <cstdint>

#include "host/isa/record.hpp"

namespace panther::machine {

/// Every operand is within its range.
std::uint64_t encode(Instruction const& instruction);

/// Throws OperandError if the opcode is unknown, belongs to the other unit, an operand is outside
/// its range, or a bit that must be 0 is set.
Instruction decode(std::uint64_t bits, Unit unit);

}  // namespace panther::machine
