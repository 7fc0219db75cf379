// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

enum Field : std::size_t { op, d1, r1, r2 };

/// Division by zero gives 0; quotient and remainder round towards minus infinity.
int floor_div(int a, int b) {
  if (b == 0) return 0;
  int const quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

int add(int a, int b) { return a + b; }
int sub(int a, int b) { return a - b; }
int mul(int a, int b) { return a * b; }
int mod(int a, int b) { return b == 0 ? 0 : a - b * floor_div(a, b); }
int equal(int a, int b) { return a == b ? 1 : 0; }

struct ScalarOp {
  std::string_view name;
  Access event;
  int (*apply)(int, int);
};

constexpr std::array<ScalarOp, 6> ops{{{"add", Access::alu_other, add},
                                       {"sub", Access::alu_other, sub},
                                       {"mul", Access::alu_mul, mul},
                                       {"div", Access::alu_div, floor_div},
                                       {"mod", Access::alu_div, mod},
                                       {"eq_chk", Access::alu_other, equal}}};

std::vector<NamedValue> names() {
  std::vector<NamedValue> list;
  for (ScalarOp const& entry : ops)
    list.push_back({entry.name, static_cast<std::int32_t>(list.size())});
  return list;
}

void events(Machine const& m, Instruction const& in, AccessCounts& counts) {
  counts[Access::dmem] += 3;
  counts[ops[in.at(op)].event] +=
      m.rules.scalar_alu_once ? 1 : static_cast<std::uint64_t>(m.organisation.vector_lanes);
}

void ranges(Machine const&, Instruction const& in, std::vector<RegisterRange>& out) {
  out.push_back({in.at(d1), 1, "d1", true});
  out.push_back({in.at(r1), 1, "r1", true});
  out.push_back({in.at(r2), 1, "r2", true});
}

Flow execute(CoreState& core, Instruction const& in) {
  int const result =
      ops[in.at(op)].apply(core.registers.read(in.at(r1)), core.registers.read(in.at(r2)));
  core.registers.write(in.at(d1), static_cast<Word>(static_cast<std::uint16_t>(result)));
  return {};
}

}  // namespace

InstructionRecord alu_int_record() {
  return {
      .mnemonic = "alu_int",
      .opcode = 11,
      .operands = {{.name = "op",
                    .kind = OperandKind::word,
                    .bits = 3,
                    .lo = 0,
                    .hi = 5,
                    .unit = "",
                    .doc = "scalar operation",
                    .words = names},
                   register_operand("d1", "data memory word of the result"),
                   register_operand("r1", "data memory word of operand a"),
                   register_operand("r2", "data memory word of operand b")},
      .summary = "scalar operation on 16-bit integers",
      .semantics =
          "d1 = op(r1, r2), wrapped to 16 bits. div and mod round towards minus infinity and give "
          "0 for a divisor "
          "of 0; eq_chk is 1 or 0.",
      .time = "1 cycle",
      .energy =
          "dmem 3; alu events as for a vector of one element in each lane (rule scalar_alu_once: "
          "one)",
      .example = "alu_int add, data[2], data[0], data[1]",
      .compiler_name = "alu_int",
      .compiler_arguments = {{"op", op}, {"d1", d1}, {"r1", r1}, {"r2", r2}},
      .latency = one_cycle,
      .events = events,
      .ranges = ranges,
      .execute = execute,
  };
}

}  // namespace panther::machine
