// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The digital part of training, element by element: inputs, activations, loss, errors, scaled
// errors, gradients. 16-bit fixed point; every tensor of every example carries its number of
// fraction bits, so that static formats and formats that follow the data ("dynamic_pow2") are one
// code. Every conversion rounds half to even and saturates; saturations are counted. Float32 where
// a function is curved, with the project's own elementary functions; sums in the order of the
// index. Bit-identical on every backend.

#include <cstdint>
#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/math.hpp"
#include "kernels/base/counters.hpp"
#include "kernels/base/rounding.hpp"

namespace panther {

enum class Activation : std::uint8_t { identity, relu, sigmoid, tanh };
template <>
struct EnumNames<Activation> {
  static constexpr std::array values{std::pair{Activation::identity, std::string_view{"identity"}},
                                     std::pair{Activation::relu, std::string_view{"relu"}},
                                     std::pair{Activation::sigmoid, std::string_view{"sigmoid"}},
                                     std::pair{Activation::tanh, std::string_view{"tanh"}}};
};

enum class Loss : std::uint8_t { softmax_cross_entropy, squared_error };
template <>
struct EnumNames<Loss> {
  static constexpr std::array values{
      std::pair{Loss::softmax_cross_entropy, std::string_view{"softmax_cross_entropy"}},
      std::pair{Loss::squared_error, std::string_view{"squared_error"}}};
};

/// static: fraction bits are fixed per layer; dynamic_pow2: each tensor of each example is scaled
/// by the power of two that lets its largest value just fit.
enum class Scale : std::uint8_t { fixed, dynamic_pow2 };
template <>
struct EnumNames<Scale> {
  static constexpr std::array values{
      std::pair{Scale::fixed, std::string_view{"static"}},
      std::pair{Scale::dynamic_pow2, std::string_view{"dynamic_pow2"}}};
};

inline constexpr int least_fraction_bits = -16;
inline constexpr int most_fraction_bits = 30;

/// 2^exponent for |exponent| <= 126.
PANTHER_HD float power_of_two(int exponent) { return float_of_bits((exponent + 127) * 8388608); }

/// value * 2^fraction_bits as a 16-bit word.
PANTHER_HD Word16 word_of(float value, int fraction_bits) {
  float const scaled = value * power_of_two(fraction_bits);
  if (!(scaled < 40000.0F)) return {32767, true};
  if (scaled < -40000.0F) return {-32768, true};
  return saturated16(static_cast<std::int32_t>(nearest(scaled)));
}

PANTHER_HD float value_of(std::int16_t word, int fraction_bits) {
  return static_cast<float>(word) * power_of_two(-fraction_bits);
}

/// Fraction bits at which a tensor of largest magnitude `peak` (in 2^-sum_fraction) fills 16 bits.
PANTHER_HD int fitting_fraction(i128 peak, int sum_fraction) {
  if (peak == 0) return most_fraction_bits;
  return clamped(sum_fraction - bit_length(peak) + 15, least_fraction_bits, most_fraction_bits);
}

/// Images to input vectors: X = round(pixel / 255 * 2^fraction), then the constant 1 of the bias
/// row.
struct GatherArgs {
  std::uint8_t const* images;  // [image][pixel]
  std::int32_t const* order;   // [replica][example] image index
  std::int16_t* x;             // [replica][example][row]
  std::int32_t* x_fraction;    // [replica][example]
  int vectors;                 // replicas * examples
  int pixels;
  int rows;  // pixels, or pixels + 1 with a bias row
  int fraction;
};

struct GatherInputs {
  GatherArgs args;
  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.vectors) * args.rows;
  }
  PANTHER_HD void operator()(std::int64_t item) const {
    auto const row = static_cast<int>(item % args.rows);
    std::int64_t const vector = item / args.rows;
    if (row == 0) args.x_fraction[vector] = args.fraction;
    if (row == args.pixels) {
      args.x[item] = static_cast<std::int16_t>(1 << args.fraction);
      return;
    }
    std::int64_t const image = args.order[vector];
    auto const pixel = static_cast<float>(args.images[image * args.pixels + row]);
    args.x[item] = word_of(pixel / 255.0F, args.fraction).value;
  }
};

/// Sums of an MVM to the next layer's inputs (or the network's outputs).
struct ForwardArgs {
  i128 const* sums;                // [replica][example][column]
  std::int32_t const* x_fraction;  // of the layer's input
  std::int16_t* y;  // [replica][example][y_rows]; bias element appended if y_rows > cols
  std::int32_t* y_fraction;
  LayerCounters* counters;  // [replica]
  int replicas;
  int examples;
  int cols;
  int y_rows;
  int sum_fraction;    // fraction bits of a sum beyond x_fraction (w_frac + Slicing::fraction_bits)
  int z_fraction;      // static format of the pre-activation
  int fixed_fraction;  // static format of y
  Scale scale;
  Activation activation;
};

PANTHER_HD Word16 activated(Activation activation, std::int16_t z, int z_fraction, int y_fraction) {
  if (activation == Activation::sigmoid)
    return word_of(sigmoid(value_of(z, z_fraction)), y_fraction);
  if (activation == Activation::tanh) return word_of(tanh(value_of(z, z_fraction)), y_fraction);
  std::int32_t const kept = activation == Activation::relu ? larger<std::int32_t>(z, 0) : z;
  return saturated16(round_shift(static_cast<std::int64_t>(kept), z_fraction - y_fraction));
}

/// One example of one replica: the format is chosen from the whole vector, then every element
/// converted.
struct ForwardVector {
  ForwardArgs args;
  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.replicas) * args.examples;
  }

  PANTHER_HD void operator()(std::int64_t vector) const {
    i128 const* const sums = args.sums + vector * args.cols;
    int const sum_fraction = args.sum_fraction + args.x_fraction[vector];
    bool const dynamic = args.scale == Scale::dynamic_pow2;
    int const z_fraction = dynamic ? chosen_fraction(sums, sum_fraction) : args.z_fraction;
    bool const curved =
        args.activation == Activation::sigmoid || args.activation == Activation::tanh;
    // The bias element is 1, so a dynamic format keeps it representable.
    int const y_fraction =
        dynamic && !curved ? smaller(z_fraction, args.y_rows > args.cols ? 14 : most_fraction_bits)
                           : args.fixed_fraction;
    std::uint64_t saturated = 0;
    for (int col = 0; col < args.cols; ++col) {
      Word16 const z = saturated16(round_shift(sums[col], sum_fraction - z_fraction));
      Word16 const y = activated(args.activation, z.value, z_fraction, y_fraction);
      args.y[vector * args.y_rows + col] = y.value;
      saturated += (z.saturated || y.saturated) ? 1U : 0U;
    }
    if (args.y_rows > args.cols) {
      args.y[vector * args.y_rows + args.cols] = word_of(1.0F, y_fraction).value;
    }
    args.y_fraction[vector] = y_fraction;
    count(args.counters[vector / args.examples].outputs_saturated, saturated);
  }

  PANTHER_HD int chosen_fraction(i128 const* sums, int sum_fraction) const {
    i128 peak = 0;
    for (int col = 0; col < args.cols; ++col)
      peak = larger(peak, sums[col] < 0 ? -sums[col] : sums[col]);
    return fitting_fraction(peak, sum_fraction);
  }
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

/// The derivative of an activation at its output y.
PANTHER_HD float derivative_of(Activation activation, float y) {
  switch (activation) {
    case Activation::relu:
      return y > 0.0F ? 1.0F : 0.0F;
    case Activation::sigmoid:
      return y * (1.0F - y);
    case Activation::tanh:
      return fused(-y, y, 1.0F);
    case Activation::identity:
      return 1.0F;
  }
  return 1.0F;
}

/// One example of one replica.
struct LossVector {
  LossArgs args;
  PANTHER_HD std::int64_t items() const { return args.vectors; }

  PANTHER_HD void operator()(std::int64_t vector) const {
    std::int16_t const* const y = args.y + vector * args.classes;
    int const fraction = args.y_fraction[vector];
    int const label = args.labels[args.order[vector]];
    int best = 0;
    for (int c = 1; c < args.classes; ++c) best = y[c] > y[best] ? c : best;
    args.correct[vector] = best == label ? 1 : 0;
    bool const softmax = args.kind == Loss::softmax_cross_entropy;
    float const top = value_of(y[best], fraction);
    float const sum = softmax ? exponential_sum(y, fraction, top) : 1.0F;
    float peak = 0.0F;
    float squares = 0.0F;
    for (int c = 0; c < args.classes; ++c) {
      float const difference = output_difference(y[c], fraction, top, sum, c == label);
      squares = fused(difference, difference, squares);
      float const error = output_error(y[c], fraction, difference);
      peak = larger(peak, error < 0.0F ? -error : error);
    }
    float const margin = 1.44269504F * (value_of(y[label], fraction) - top);
    args.loss[vector] = softmax ? 0.693147181F * (log2(sum) - margin) : 0.5F * squares;
    int const e_fraction =
        args.scale == Scale::dynamic_pow2 ? float_fraction(peak) : args.fixed_fraction;
    args.e_fraction[vector] = e_fraction;
    for (int c = 0; c < args.classes; ++c) {
      float const difference = output_difference(y[c], fraction, top, sum, c == label);
      args.e[vector * args.classes + c] =
          word_of(output_error(y[c], fraction, difference), e_fraction).value;
    }
  }

  /// Fraction bits at which `peak` fills 16 bits.
  PANTHER_HD static int float_fraction(float peak) {
    if (peak < 0x1p-40F) return most_fraction_bits;
    int const exponent = ((bits_of_float(peak) >> 23) & 255) - 126;  // peak < 2^exponent
    return clamped(15 - exponent, least_fraction_bits, most_fraction_bits);
  }

  PANTHER_HD float exponential_sum(std::int16_t const* y, int fraction, float top) const {
    float sum = 0.0F;
    for (int c = 0; c < args.classes; ++c)
      sum += exp2(1.44269504F * (value_of(y[c], fraction) - top));
    return sum;
  }

  /// Probability (softmax) or output (squared error) minus target.
  PANTHER_HD float output_difference(std::int16_t y, int fraction, float top, float sum,
                                     bool is_label) const {
    float const value = value_of(y, fraction);
    float const output =
        args.kind == Loss::softmax_cross_entropy ? exp2(1.44269504F * (value - top)) / sum : value;
    return output - (is_label ? 1.0F : 0.0F);
  }

  PANTHER_HD float output_error(std::int16_t y, int fraction, float difference) const {
    if (args.kind == Loss::softmax_cross_entropy) return difference;
    return difference * derivative_of(args.activation, value_of(y, fraction));
  }
};

/// Sums of an MTVM to the error of the layer below: times the derivative of that layer's
/// activation.
struct BackwardArgs {
  i128 const* sums;                // [replica][example][row]; the bias row's sum is not used
  std::int32_t const* e_fraction;  // of the error that drove the columns
  std::int16_t const* y;  // [replica][example][rows] output of the layer below (this layer's input)
  std::int32_t const* y_fraction;
  std::int16_t* e;  // [replica][example][width] error of the layer below
  std::int32_t* below_fraction;
  LayerCounters* counters;
  int replicas;
  int examples;
  int rows;
  int width;  // rows without the bias row
  int sum_fraction;
  int fixed_fraction;
  Scale scale;
  Activation activation;
};

struct BackwardVector {
  BackwardArgs args;
  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.replicas) * args.examples;
  }

  PANTHER_HD void operator()(std::int64_t vector) const {
    i128 const* const sums = args.sums + vector * args.rows;
    std::int16_t const* const y = args.y + vector * args.rows;
    int const sum_fraction = args.sum_fraction + args.e_fraction[vector];
    int const fraction = args.scale == Scale::dynamic_pow2 ? chosen_fraction(sums, y, sum_fraction)
                                                           : args.fixed_fraction;
    std::uint64_t saturated = 0;
    for (int i = 0; i < args.width; ++i) {
      float const derivative =
          derivative_of(args.activation, value_of(y[i], args.y_fraction[vector]));
      Word16 const e = saturated16(round_shift(sums[i], sum_fraction - fraction));
      auto const scaled =
          static_cast<std::int32_t>(nearest(static_cast<float>(e.value) * derivative));
      args.e[vector * args.width + i] = saturated16(scaled).value;
      saturated += e.saturated && derivative != 0.0F ? 1U : 0U;
    }
    args.below_fraction[vector] = fraction;
    count(args.counters[vector / args.examples].errors_saturated, saturated);
  }

  /// The format follows the errors that pass the activation.
  PANTHER_HD int chosen_fraction(i128 const* sums, std::int16_t const* y, int sum_fraction) const {
    i128 peak = 0;
    for (int i = 0; i < args.width; ++i) {
      bool const passes = args.activation != Activation::relu || y[i] > 0;
      i128 const magnitude = sums[i] < 0 ? -sums[i] : sums[i];
      if (passes) peak = larger(peak, magnitude);
    }
    return fitting_fraction(peak, sum_fraction);
  }
};

/// U = round(lr * E) in its own format, and the bits that the outer product drops.
struct DriveArgs {
  std::int16_t const* e;  // [replica][example][col]
  std::int32_t const* e_fraction;
  std::int32_t const* x_fraction;
  std::int16_t* u;             // [replica][example][col]
  std::int32_t* drop;          // [replica][example] x_frac + u_frac - w_frac
  float const* learning_rate;  // [replica]
  LayerCounters* counters;
  int replicas;
  int examples;
  int cols;
  int fixed_fraction;
  int w_fraction;
  Scale scale;
};

struct DriveVector {
  DriveArgs args;
  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.replicas) * args.examples;
  }

  PANTHER_HD void operator()(std::int64_t vector) const {
    std::int16_t const* const e = args.e + vector * args.cols;
    float const rate = args.learning_rate[vector / args.examples];
    int const e_fraction = args.e_fraction[vector];
    int fraction = args.fixed_fraction;
    if (args.scale == Scale::dynamic_pow2) {
      float peak = 0.0F;
      for (int j = 0; j < args.cols; ++j) {
        float const value = rate * value_of(e[j], e_fraction);
        peak = larger(peak, value < 0.0F ? -value : value);
      }
      fraction = LossVector::float_fraction(peak);
    }
    std::uint64_t saturated = 0;
    for (int j = 0; j < args.cols; ++j) {
      Word16 const u = word_of(rate * value_of(e[j], e_fraction), fraction);
      args.u[vector * args.cols + j] = u.value;
      saturated += u.saturated ? 1U : 0U;
    }
    args.drop[vector] = args.x_fraction[vector] + fraction - args.w_fraction;
    count(args.counters[vector / args.examples].drives_saturated, saturated);
  }
};

enum class Optimizer : std::uint8_t { sgd, momentum, adam };
template <>
struct EnumNames<Optimizer> {
  static constexpr std::array values{std::pair{Optimizer::sgd, std::string_view{"sgd"}},
                                     std::pair{Optimizer::momentum, std::string_view{"momentum"}},
                                     std::pair{Optimizer::adam, std::string_view{"adam"}}};
};

/// The batch's mean gradient, formed digitally, to a weight change in weight LSBs (drive
/// "batch_digits").
struct GradientArgs {
  std::int16_t const* x;           // [replica][example][row]
  std::int16_t const* e;           // [replica][example][col]
  std::int32_t const* x_fraction;  // [replica][example]
  std::int32_t const* e_fraction;
  float const* learning_rate;  // [replica]
  float* first_moment;         // [replica][row][col]; momentum and adam
  float* second_moment;        // adam
  std::int32_t* delta;         // [replica][row][col]
  int replicas;
  int examples;
  int rows;
  int cols;
  int w_fraction;
  Optimizer optimizer;
  float beta1;
  float beta2;
  float epsilon;
  float correction1;  // 1 / (1 - beta1^t)
  float correction2;  // 1 / (1 - beta2^t)
};

struct GradientElement {
  GradientArgs args;
  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.replicas) * args.rows * args.cols;
  }

  PANTHER_HD void operator()(std::int64_t item) const {
    int const col = static_cast<int>(item % args.cols);
    int const row = static_cast<int>(item / args.cols % args.rows);
    std::int64_t const replica = item / args.cols / args.rows;
    float const gradient = mean_gradient(replica, row, col);
    float const change = -args.learning_rate[replica] * direction(item, gradient);
    float const scaled = change * power_of_two(args.w_fraction);
    args.delta[item] =
        static_cast<std::int32_t>(nearest_wide(clamped(scaled, -2147483520.0F, 2147483520.0F)));
  }

  PANTHER_HD static double nearest_wide(float value) { return nearest(static_cast<double>(value)); }

  PANTHER_HD float mean_gradient(std::int64_t replica, int row, int col) const {
    float sum = 0.0F;
    for (int n = 0; n < args.examples; ++n) {
      std::int64_t const vector = replica * args.examples + n;
      std::int32_t const product = static_cast<std::int32_t>(args.x[vector * args.rows + row]) *
                                   static_cast<std::int32_t>(args.e[vector * args.cols + col]);
      int const fraction = args.x_fraction[vector] + args.e_fraction[vector];
      sum = fused(static_cast<float>(product), power_of_two(-fraction), sum);
    }
    return sum / static_cast<float>(args.examples);
  }

  /// What the learning rate multiplies. Adam: Kingma and Ba, ICLR 2015, Algorithm 1.
  PANTHER_HD float direction(std::int64_t item, float gradient) const {
    if (args.optimizer == Optimizer::sgd) return gradient;
    if (args.optimizer == Optimizer::momentum) {
      float const velocity = fused(args.beta1, args.first_moment[item], gradient);
      args.first_moment[item] = velocity;
      return velocity;
    }
    float const first = fused(args.beta1, args.first_moment[item], (1.0F - args.beta1) * gradient);
    float const second =
        fused(args.beta2, args.second_moment[item], (1.0F - args.beta2) * (gradient * gradient));
    args.first_moment[item] = first;
    args.second_moment[item] = second;
    return (first * args.correction1) / (root(second * args.correction2) + args.epsilon);
  }
};

/// Histogram of levels: how many devices of a plane lie nearest to each level.
struct HistogramArgs {
  std::int16_t const* codes;  // one plane: [row][stride]
  std::uint64_t* bins;        // [2^cell_bits], lowest level first
  int rows;
  int cols;
  int stride;
  int cell_bits;
};

/// Bin of one device.
PANTHER_HD std::int32_t level_bin(HistogramArgs const& args, std::int64_t row, std::int64_t col) {
  std::int32_t const code = args.codes[row * args.stride + col];
  std::int32_t const level = round_shift(code, 16 - args.cell_bits);
  std::int32_t const lowest = -(1 << (args.cell_bits - 1));
  return clamped(level, lowest, -lowest - 1) - lowest;
}

}  // namespace panther
