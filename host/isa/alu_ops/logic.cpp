// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Bits, comparisons and random rounding.

#include "devicemodels/core/philox.hpp"
#include "host/isa/alu_ops/elementwise.hpp"

namespace panther::machine {
namespace {

int bit_and(int a, int b) { return a & b; }
int bit_or(int a, int b) { return a | b; }
int bit_not(int a) { return ~a; }
double equal(double a, double b) { return a == b ? 1 : 0; }
double unequal(double a, double b) { return a != b ? 1 : 0; }
double less(double a, double b) { return a < b ? 1 : 0; }
double less_or_equal(double a, double b) { return a <= b ? 1 : 0; }
double greater(double a, double b) { return a > b ? 1 : 0; }
double greater_or_equal(double a, double b) { return a >= b ? 1 : 0; }

/// 1 with probability a. Element i of the k-th such operation of a core always gets the same
/// number.
void compare_with_random(AluInput const& in, std::span<Word> out) {
  std::uint64_t const stream = in.core.next_random_stream();
  std::uint64_t const place = index(in.core.tile()) << 8 | index(in.core.core());
  for (std::size_t i = 0; i < out.size(); ++i) {
    PhiloxCounter const counter{{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(stream),
                                 static_cast<std::uint32_t>(place),
                                 static_cast<std::uint32_t>(place >> 32)}};
    double const uniform = philox4x32(counter, 0, 0).w[0] * 0x1p-32;
    out[i] = saturate(in.a[i] / in.scale > uniform ? in.scale : 0);
  }
}

}  // namespace

std::vector<AluOp> logic_ops() {
  return {
      {"and", 16, Access::alu_other, 2, "bitwise and of the raw words", each_raw<bit_and>},
      {"or", 17, Access::alu_other, 2, "bitwise or of the raw words", each_raw<bit_or>},
      {"not", 18, Access::alu_other, 1, "bitwise complement of the raw word",
       each_raw_unary<bit_not>},
      {"eq", 19, Access::alu_other, 2, "1 where a = b, else 0", each_saturated<equal>},
      {"neq", 20, Access::alu_other, 2, "1 where a != b, else 0", each_saturated<unequal>},
      {"lt", 21, Access::alu_other, 2, "1 where a < b, else 0", each_saturated<less>},
      {"leq", 22, Access::alu_other, 2, "1 where a <= b, else 0", each_saturated<less_or_equal>},
      {"gt", 23, Access::alu_other, 2, "1 where a > b, else 0", each_saturated<greater>},
      {"geq", 24, Access::alu_other, 2, "1 where a >= b, else 0", each_saturated<greater_or_equal>},
      {"rndcmp", 25, Access::alu_other, 1, "1 with probability a, else 0; the same on every run",
       compare_with_random},
  };
}

}  // namespace panther::machine
