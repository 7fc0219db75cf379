// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Weight changes formed digitally from the gradients of a batch.

#include "kernels/digital/formats.hpp"

namespace panther {

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

}  // namespace panther
