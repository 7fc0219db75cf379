// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One instruction as a value: an opcode and the operands in the order of its record.

#include <array>
#include <cstddef>
#include <cstdint>

namespace panther::machine {

inline constexpr std::size_t max_operands = 6;

struct Instruction {
  std::uint8_t opcode = 0;
  std::array<std::int32_t, max_operands> operand{};

  std::int32_t operator[](std::size_t i) const { return operand[i]; }
  /// An operand whose range excludes negative values.
  std::uint32_t at(std::size_t i) const { return static_cast<std::uint32_t>(operand[i]); }

  bool operator==(Instruction const&) const = default;
};

}  // namespace panther::machine
