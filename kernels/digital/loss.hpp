// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Loss, its error at the network's outputs, and whether the answer was right.

#include "kernels/digital/formats.hpp"

namespace panther {

enum class Loss : std::uint8_t { softmax_cross_entropy, squared_error };
template <>
struct EnumNames<Loss> {
  static constexpr std::array values{
      std::pair{Loss::softmax_cross_entropy, std::string_view{"softmax_cross_entropy"}},
      std::pair{Loss::squared_error, std::string_view{"squared_error"}}};
};

/// Loss and its error at the network's outputs.
struct LossArgs {
  std::int16_t const* y;  // [replica][example][class]
  std::int32_t const* y_fraction;
  std::uint8_t const* labels;  // [image]
  std::int32_t const* order;   // [replica][example]
  std::int16_t* e;             // [replica][example][class]
  std::int32_t* e_fraction;
  float* loss;  // [replica][example]
  std::int32_t*
      correct;  // [replica][example] 1 if the largest output is the label's (first of equals)
  int vectors;
  int classes;
  int fixed_fraction;
  Scale scale;
  Loss kind;
  Activation activation;  // of the output layer: squared error includes its derivative
};

/// One example of one replica. Float sums run over the classes in ascending order.
struct LossVector {
  LossArgs args;

  /// The outputs of a vector, as numbers: softmax subtracts the largest.
  struct Outputs {
    std::int16_t const* y;
    int fraction;
    int label;
    int best;  // class of the largest output, the first of equals
  };

  PANTHER_HD std::int64_t items() const { return args.vectors; }

  PANTHER_HD void operator()(std::int64_t vector) const {
    Outputs out = outputs(vector);
    for (int c = 1; c < args.classes; ++c) out.best = out.y[c] > out.y[out.best] ? c : out.best;
    float sum = 0.0F;
    for (int c = 0; c < args.classes; ++c) sum += exponential(out, c);
    float peak = 0.0F;
    float squares = 0.0F;
    for (int c = 0; c < args.classes; ++c) {
      float const difference = output_difference(out, sum, c);
      squares = fused(difference, difference, squares);
      peak = larger(peak, absolute(output_error(out, sum, c)));
    }
    for (int c = 0; c < args.classes; ++c) write_error(vector, out, sum, peak, c);
    finish(vector, out, sum, squares, peak);
  }

  /// `best` is still to be found.
  PANTHER_HD Outputs outputs(std::int64_t vector) const {
    return {args.y + vector * args.classes, args.y_fraction[vector],
            args.labels[args.order[vector]], 0};
  }

  /// Term of a class in the softmax's denominator; 0 for other losses.
  PANTHER_HD float exponential(Outputs const& out, int c) const {
    if (args.kind != Loss::softmax_cross_entropy) return 0.0F;
    return exp2(1.44269504F *
                (value_of(out.y[c], out.fraction) - value_of(out.y[out.best], out.fraction)));
  }

  /// Probability (softmax) or output (squared error) minus target.
  PANTHER_HD float output_difference(Outputs const& out, float sum, int c) const {
    float const output = args.kind == Loss::softmax_cross_entropy
                             ? exponential(out, c) / sum
                             : value_of(out.y[c], out.fraction);
    return output - (c == out.label ? 1.0F : 0.0F);
  }

  PANTHER_HD float output_error(Outputs const& out, float sum, int c) const {
    float const difference = output_difference(out, sum, c);
    if (args.kind == Loss::softmax_cross_entropy) return difference;
    return difference * derivative_of(args.activation, value_of(out.y[c], out.fraction));
  }

  PANTHER_HD int error_fraction(float peak) const {
    return args.scale == Scale::dynamic_pow2 ? fitting_fraction(peak) : args.fixed_fraction;
  }

  PANTHER_HD void write_error(std::int64_t vector, Outputs const& out, float sum, float peak,
                              int c) const {
    args.e[vector * args.classes + c] =
        word_of(output_error(out, sum, c), error_fraction(peak)).value;
  }

  PANTHER_HD void finish(std::int64_t vector, Outputs const& out, float sum, float squares,
                         float peak) const {
    bool const softmax = args.kind == Loss::softmax_cross_entropy;
    float const margin = 1.44269504F * (value_of(out.y[out.label], out.fraction) -
                                        value_of(out.y[out.best], out.fraction));
    args.loss[vector] = softmax ? 0.693147181F * (log2(sum) - margin) : 0.5F * squares;
    args.correct[vector] = out.best == out.label ? 1 : 0;
    args.e_fraction[vector] = error_fraction(peak);
  }
};

}  // namespace panther
