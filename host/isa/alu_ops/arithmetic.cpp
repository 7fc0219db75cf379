// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Sums, products and their kin. The first four are the reference's and wrap; the others saturate.

#include "host/isa/alu_ops/elementwise.hpp"

namespace panther::machine {
namespace {

int add(int a, int b) { return a + b; }
int sub(int a, int b) { return a - b; }
/// A partial sum of bit-serial products: the second operand is one bit-plane higher.
int shift_and_add(int a, int b) { return a + 2 * b; }
int larger(int a, int b) { return std::max(a, b); }
int smaller(int a, int b) { return std::min(a, b); }
double product(double a, double b) { return a * b; }
double quotient(double a, double b) { return a / b; }
double squared_error(double a, double b) { return (a - b) * (a - b); }

}  // namespace

std::vector<AluOp> arithmetic_ops() {
  return {
      {"add", 0, Access::alu_other, 2, "a + b, wraps", each_raw<add>},
      {"sub", 1, Access::alu_other, 2, "a - b, wraps", each_raw<sub>},
      {"mul", 2, Access::alu_mul, 2, "a * b, wraps", each_wrapped<product>},
      {"sna", 3, Access::alu_sna, 2, "a + 2 b, wraps", each_raw<shift_and_add>},
      {"max", 7, Access::alu_other, 2, "the larger of a and b", each_raw<larger>},
      {"min", 8, Access::alu_other, 2, "the smaller of a and b", each_raw<smaller>},
      {"div", 9, Access::alu_div, 2, "a / b, saturates; 0 / 0 is 0", each_saturated<quotient>},
      {"mse", 10, Access::alu_mul, 2, "(a - b)^2, saturates", each_saturated<squared_error>},
  };
}

}  // namespace panther::machine
