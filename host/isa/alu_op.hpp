// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One operation of the vector unit as a record. Files in host/isa/alu_ops define them, a list for
// each file.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "host/arch/access.hpp"
#include "host/arch/core_state.hpp"
#include "host/isa/operand.hpp"

namespace panther::machine {

/// Operands of one vector operation. b is empty for operations of one operand.
struct AluInput {
  std::span<Word const> a;
  std::span<Word const> b;
  CoreState& core;
  /// 2^fraction_bits: the value of a word is word / scale.
  double scale;
};

struct AluOp {
  std::string_view name;
  /// Number in the binary form; never renumber.
  std::uint8_t code = 0;
  /// What one element is charged as.
  Access event = Access::alu_other;
  int operands = 2;
  std::string_view summary;
  /// `out` has the length of `a` and never overlaps an operand.
  void (*apply)(AluInput const&, std::span<Word> out) = nullptr;
};

/// All operations by code; duplicates fail by name on first use.
std::span<AluOp const> alu_ops();

/// The operation with a code that came from an assembler or decoder.
AluOp const& alu_op(std::int32_t code);

/// The operand `op` of vector instructions.
Operand alu_op_operand();

}  // namespace panther::machine
