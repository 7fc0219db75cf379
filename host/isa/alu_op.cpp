// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/alu_op.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace panther::machine {

/// Defined in the generated list: the operations of each file of host/isa/alu_ops, one after the
/// other.
std::vector<AluOp> make_alu_op_list();

namespace {

std::vector<AluOp> make_checked_list() {
  std::vector<AluOp> list = make_alu_op_list();
  std::sort(list.begin(), list.end(),
            [](AluOp const& a, AluOp const& b) { return a.code < b.code; });
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].code != i) {
      throw std::logic_error(
          fmt::format("vector operation {} has code {}, {} is due", list[i].name, list[i].code, i));
    }
  }
  return list;
}

std::vector<AluOp> const& ops() {
  static std::vector<AluOp> const list = make_checked_list();
  return list;
}

std::vector<NamedValue> op_names() {
  std::vector<NamedValue> names;
  for (AluOp const& op : ops()) names.push_back({op.name, op.code});
  return names;
}

}  // namespace

std::span<AluOp const> alu_ops() { return ops(); }

AluOp const& alu_op(std::int32_t code) { return ops().at(static_cast<std::size_t>(code)); }

Operand alu_op_operand() {
  return {.name = "op",
          .kind = OperandKind::word,
          .bits = 5,
          .lo = 0,
          .hi = 31,
          .unit = "",
          .doc = "vector operation",
          .words = op_names};
}

}  // namespace panther::machine
