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

#include "kernels/base/counters.hpp"
#include "kernels/digital/formats.hpp"
#include "kernels/digital/gradient.hpp"
#include "kernels/digital/loss.hpp"

namespace panther {

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
  std::int16_t* read_y = nullptr;  // as y, but 1 where y is above read_threshold and 0 elsewhere
  float read_threshold = 0.0F;
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

/// One example of one replica: the format is chosen from the whole vector, then every element
/// converted. The parts are separate so that a backend may spread the elements over threads.
struct ForwardVector {
  ForwardArgs args;

  struct Formats {
    int sum;
    int z;
    int y;
  };

  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.replicas) * args.examples;
  }

  PANTHER_HD void operator()(std::int64_t vector) const {
    int bits = 0;
    for (int col = 0; col < args.cols; ++col) bits = larger(bits, peak_bits(vector, col));
    std::uint64_t saturated = 0;
    for (int col = 0; col < args.cols; ++col) saturated += convert(vector, col, bits) ? 1U : 0U;
    finish(vector, bits, saturated);
  }

  /// The largest over the columns decides the formats.
  PANTHER_HD int peak_bits(std::int64_t vector, int col) const {
    return args.scale == Scale::dynamic_pow2 ? bit_length(args.sums[vector * args.cols + col]) : 0;
  }

  PANTHER_HD Formats formats(std::int64_t vector, int bits) const {
    int const sum = args.sum_fraction + args.x_fraction[vector];
    bool const dynamic = args.scale == Scale::dynamic_pow2;
    int const z = dynamic ? fitting_fraction(bits, sum) : args.z_fraction;
    bool const curved =
        args.activation == Activation::sigmoid || args.activation == Activation::tanh;
    // The bias element is 1, so a dynamic format keeps it representable.
    int const y = dynamic && !curved ? smaller(z, args.y_rows > args.cols ? 14 : most_fraction_bits)
                                     : args.fixed_fraction;
    return {sum, z, y};
  }

  /// Writes one output; true if it saturated.
  PANTHER_HD bool convert(std::int64_t vector, int col, int bits) const {
    Formats const format = formats(vector, bits);
    Word16 const z =
        saturated16(round_shift(args.sums[vector * args.cols + col], format.sum - format.z));
    Word16 const y = activated(args.activation, z.value, format.z, format.y);
    args.y[vector * args.y_rows + col] = y.value;
    if (args.read_y != nullptr)
      args.read_y[vector * args.y_rows + col] = read_word(y.value, format.y);
    return z.saturated || y.saturated;
  }

  /// An output as a layer above that reads black and white takes it.
  PANTHER_HD std::int16_t read_word(std::int16_t y, int y_fraction) const {
    bool const white = value_of(y, y_fraction) > args.read_threshold;
    return word_of(white ? 1.0F : 0.0F, y_fraction).value;
  }

  PANTHER_HD void finish(std::int64_t vector, int bits, std::uint64_t saturated) const {
    int const y_fraction = formats(vector, bits).y;
    if (args.y_rows > args.cols) {
      std::int64_t const bias = vector * args.y_rows + args.cols;
      args.y[bias] = word_of(1.0F, y_fraction).value;
      if (args.read_y != nullptr) args.read_y[bias] = args.y[bias];
    }
    args.y_fraction[vector] = y_fraction;
    count(args.counters[vector / args.examples].outputs_saturated, saturated);
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
    int bits = 0;
    for (int i = 0; i < args.width; ++i) bits = larger(bits, peak_bits(vector, i));
    std::uint64_t saturated = 0;
    for (int i = 0; i < args.width; ++i) saturated += convert(vector, i, bits) ? 1U : 0U;
    finish(vector, bits, saturated);
  }

  /// The largest over the width decides the format: it follows the errors that pass the activation.
  PANTHER_HD int peak_bits(std::int64_t vector, int i) const {
    if (args.scale != Scale::dynamic_pow2) return 0;
    bool const passes = args.activation != Activation::relu || args.y[vector * args.rows + i] > 0;
    return passes ? bit_length(args.sums[vector * args.rows + i]) : 0;
  }

  PANTHER_HD int sum_fraction(std::int64_t vector) const {
    return args.sum_fraction + args.e_fraction[vector];
  }

  PANTHER_HD int fraction(std::int64_t vector, int bits) const {
    return args.scale == Scale::dynamic_pow2 ? fitting_fraction(bits, sum_fraction(vector))
                                             : args.fixed_fraction;
  }

  /// Writes one error; true if it saturated and counts.
  PANTHER_HD bool convert(std::int64_t vector, int i, int bits) const {
    std::int64_t const at = vector * args.rows + i;
    float const derivative =
        derivative_of(args.activation, value_of(args.y[at], args.y_fraction[vector]));
    Word16 const e =
        saturated16(round_shift(args.sums[at], sum_fraction(vector) - fraction(vector, bits)));
    auto const scaled =
        static_cast<std::int32_t>(nearest(static_cast<float>(e.value) * derivative));
    args.e[vector * args.width + i] = saturated16(scaled).value;
    return e.saturated && derivative != 0.0F;
  }

  PANTHER_HD void finish(std::int64_t vector, int bits, std::uint64_t saturated) const {
    args.below_fraction[vector] = fraction(vector, bits);
    count(args.counters[vector / args.examples].errors_saturated, saturated);
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
    float peak = 0.0F;
    for (int j = 0; j < args.cols; ++j) peak = larger(peak, magnitude(vector, j));
    std::uint64_t saturated = 0;
    for (int j = 0; j < args.cols; ++j) saturated += convert(vector, j, peak) ? 1U : 0U;
    finish(vector, peak, saturated);
  }

  PANTHER_HD float scaled(std::int64_t vector, int j) const {
    return args.learning_rate[vector / args.examples] *
           value_of(args.e[vector * args.cols + j], args.e_fraction[vector]);
  }

  /// The largest over the columns decides the format.
  PANTHER_HD float magnitude(std::int64_t vector, int j) const {
    return args.scale == Scale::dynamic_pow2 ? absolute(scaled(vector, j)) : 0.0F;
  }

  PANTHER_HD int fraction(float peak) const {
    return args.scale == Scale::dynamic_pow2 ? fitting_fraction(peak) : args.fixed_fraction;
  }

  /// Writes one element of U; true if it saturated.
  PANTHER_HD bool convert(std::int64_t vector, int j, float peak) const {
    Word16 const u = word_of(scaled(vector, j), fraction(peak));
    args.u[vector * args.cols + j] = u.value;
    return u.saturated;
  }

  PANTHER_HD void finish(std::int64_t vector, float peak, std::uint64_t saturated) const {
    args.drop[vector] = args.x_fraction[vector] + fraction(peak) - args.w_fraction;
    count(args.counters[vector / args.examples].drives_saturated, saturated);
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
