// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Functions of one operand and of the whole vector. The first three are the reference's and wrap.

#include <numeric>

#include "host/isa/alu_ops/elementwise.hpp"

namespace panther::machine {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double hyperbolic_tangent(double x) { return std::tanh(x); }
double exponential(double x) { return std::exp(x); }
double logarithm(double x) { return std::log(x); }
int rectify(int x) { return std::max(x, 0); }
double rectify_derivative(double x) { return x > 0 ? 1 : 0; }

/// log of the sum of exp(a_i), in the order of the elements.
double log_sum_exp(AluInput const& in) {
  double const top = *std::max_element(in.a.begin(), in.a.end()) / in.scale;
  double sum = 0;
  for (Word const x : in.a) sum += std::exp(x / in.scale - top);
  return top + std::log(sum);
}

void log_softmax(AluInput const& in, std::span<Word> out) {
  double const total = log_sum_exp(in);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = saturate((in.a[i] / in.scale - total) * in.scale);
}

/// What d(sum b log_softmax(a)) / da is for a target b that sums to 1: b - softmax(a).
void log_softmax_derivative(AluInput const& in, std::span<Word> out) {
  double const total = log_sum_exp(in);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = saturate((in.b[i] / in.scale - std::exp(in.a[i] / in.scale - total)) * in.scale);
  }
}

}  // namespace

std::vector<AluOp> activation_ops() {
  return {
      {"sig", 4, Access::alu_act, 1, "1 / (1 + exp(-a))", each_wrapped_unary<sigmoid>},
      {"tanh", 5, Access::alu_act, 1, "tanh(a)", each_wrapped_unary<hyperbolic_tangent>},
      {"relu", 6, Access::alu_other, 1, "max(a, 0)", each_raw_unary<rectify>},
      {"relud", 11, Access::alu_other, 1, "1 where a > 0, else 0",
       each_saturated_unary<rectify_derivative>},
      {"exp", 12, Access::alu_act, 1, "exp(a), saturates", each_saturated_unary<exponential>},
      {"log", 13, Access::alu_act, 1, "ln(a), saturates; the least word for a = 0, 0 for a < 0",
       each_saturated_unary<logarithm>},
      {"log_softmax", 14, Access::alu_act, 1, "a - ln(sum of exp(a)) over the vector", log_softmax},
      {"log_softmaxd", 15, Access::alu_act, 2, "b - softmax(a) over the vector",
       log_softmax_derivative},
  };
}

}  // namespace panther::machine
