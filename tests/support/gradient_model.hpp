// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Naive model of the weight change that a batch's mean gradient makes (drive "batch_digits";
// numerics, sections 1, 4 and 7): -lr d 2^w rounded half to even and saturated, where d is the mean
// of X E over the batch, its momentum, or Adam's ratio (Kingma and Ba, ICLR 2015, Algorithm 1). One
// formula in two arithmetics: doubles, for batches in which float32 is exact, and ranges of all
// that float32 may make of it. Shares no code with the kernels.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/digital/gradient.hpp"
#include "tests/support/float32_range.hpp"
#include "tests/support/random.hpp"

namespace panther::test {

struct GradientCase {
  int replicas = 1;
  int examples = 1;
  int rows = 1;
  int cols = 1;
  int w_fraction = 0;
  Optimizer optimizer = Optimizer::sgd;
  float beta1 = 0.0F;
  float beta2 = 0.0F;
  float epsilon = 0.0F;
  double correction1 = 1.0;
  double correction2 = 1.0;
  std::vector<float> rates;     // [replica]
  std::vector<std::int16_t> x;  // [replica][example][row]
  std::vector<std::int16_t> e;  // [replica][example][col]
  std::vector<std::int32_t> x_fraction = {};
  std::vector<std::int32_t> e_fraction = {};

  int vectors() const { return replicas * examples; }
  std::size_t weights() const { return weight(replicas, 0, 0); }
  std::size_t weight(int replica, int row, int col) const {
    return (static_cast<std::size_t>(replica) * static_cast<std::size_t>(rows) +
            static_cast<std::size_t>(row)) *
               static_cast<std::size_t>(cols) +
           static_cast<std::size_t>(col);
  }
};

template <class Real>
struct Moments {
  Real first = Real(0.0F);
  Real second = Real(0.0F);
};

template <class Real>
Real mean_gradient(GradientCase const& c, int replica, int row, int col) {
  Real sum(0.0F);
  for (int n = 0; n < c.examples; ++n) {
    int const vector = replica * c.examples + n;
    double const x = c.x[static_cast<std::size_t>(vector * c.rows + row)];
    double const e = c.e[static_cast<std::size_t>(vector * c.cols + col)];
    int const fraction = c.x_fraction[static_cast<std::size_t>(vector)] +
                         c.e_fraction[static_cast<std::size_t>(vector)];
    sum = sum + Real(std::ldexp(x * e, -fraction));
  }
  return sum / Real(static_cast<float>(c.examples));
}

/// What the learning rate multiplies; moves the weight's moments.
template <class Real>
Real direction(GradientCase const& c, Real gradient, Moments<Real>& moments) {
  using std::sqrt;
  if (c.optimizer == Optimizer::sgd) return gradient;
  Real const beta1(c.beta1);
  if (c.optimizer == Optimizer::momentum) {
    return moments.first = beta1 * moments.first + gradient;
  }
  Real const beta2(c.beta2);
  Real const one(1.0F);
  moments.first = beta1 * moments.first + (one - beta1) * gradient;
  moments.second = beta2 * moments.second + (one - beta2) * (gradient * gradient);
  return moments.first * Real(c.correction1) /
         (sqrt(moments.second * Real(c.correction2)) + Real(c.epsilon));
}

/// The weight's change in LSBs before it is rounded.
template <class Real>
Real change_of(GradientCase const& c, int replica, int row, int col, Moments<Real>& moments) {
  Real const rate(c.rates[static_cast<std::size_t>(replica)]);
  Real const d = direction(c, mean_gradient<Real>(c, replica, row, col), moments);
  return -(rate * d) * Real(std::ldexp(1.0F, c.w_fraction));
}

/// The largest float32 that a change of 32 bits holds.
inline constexpr double most_change = 0x1p31 - 0x1p7;

inline std::int32_t whole_change(double change) {
  return static_cast<std::int32_t>(std::clamp(std::nearbyint(change), -most_change, most_change));
}

/// Fraction bits of a batch's examples, lowest ... lowest + spread: one format for all (static), or
/// one each, as formats that follow the data (dynamic_pow2) have them.
inline std::vector<std::int32_t> random_fractions(Random& random, int vectors, int lowest,
                                                  int spread) {
  std::vector<std::int32_t> fractions;
  for (int i = 0; i < vectors; ++i) fractions.push_back(lowest + random.whole(0, spread));
  return fractions;
}

/// A batch in which every step of SGD, and of momentum from multiples of 2^-unit_bits(), is exact
/// in float32: products of 10 bits at up to 4 places, 8 examples, rates of 4 bits. Changes have up
/// to 6 bits below an LSB, often a half.
struct ExactBatch {
  static constexpr int spread = 2;
  int x_fraction;  // the lowest
  int e_fraction;
  int examples_log2;
  int rate_log2;

  explicit ExactBatch(Random& random)
      : x_fraction(random.whole(0, 8)),
        e_fraction(random.whole(0, 8)),
        examples_log2(random.whole(0, 3)),
        rate_log2(-random.whole(0, 7)) {}

  /// A mean gradient is a multiple of 2^-unit_bits().
  int unit_bits() const { return x_fraction + e_fraction + 2 * spread + examples_log2; }

  void fill(Random& random, GradientCase& c) const {
    c.examples = 1 << examples_log2;
    c.w_fraction = std::max(0, unit_bits() - rate_log2 - random.whole(0, 6));
    fill_words(random, c);
    c.rates.clear();
    for (int r = 0; r < c.replicas; ++r) {
      c.rates.push_back(std::ldexp(static_cast<float>(random.whole(0, 15)), rate_log2));
    }
  }
  void fill_words(Random& random, GradientCase& c) const {
    int const used = random.chance(0.5) ? spread : 0;
    c.x_fraction = random_fractions(random, c.vectors(), x_fraction, used);
    c.e_fraction = random_fractions(random, c.vectors(), e_fraction, used);
    auto const words = [&](std::vector<std::int16_t>& to, int width) {
      to.clear();
      for (int i = 0; i < c.vectors() * width; ++i) {
        to.push_back(static_cast<std::int16_t>(random.chance(0.2) ? 0 : random.whole(-31, 31)));
      }
    };
    words(c.x, c.rows);
    words(c.e, c.cols);
  }
};

/// Words of any size, rates of 24 bits, any number of examples.
struct WideBatch {
  int x_fraction;
  int e_fraction;

  explicit WideBatch(Random& random)
      : x_fraction(random.whole(0, 14)), e_fraction(random.whole(0, 16)) {}

  void fill(Random& random, GradientCase& c) const {
    c.w_fraction = std::clamp(x_fraction + e_fraction + random.whole(-18, 6), 0, 30);
    c.rates.clear();
    for (int r = 0; r < c.replicas; ++r) {
      c.rates.push_back(static_cast<float>(std::exp2(random.real(-12.0, 2.0))));
    }
    fill_words(random, c);
  }
  void fill_words(Random& random, GradientCase& c) const {
    c.examples = random.pick<int>({1, 2, 3, 5, 9, 33});
    int const spread = random.pick<int>({0, 3, 14});
    c.x_fraction = random_fractions(random, c.vectors(), x_fraction - spread, spread);
    c.e_fraction = random_fractions(random, c.vectors(), e_fraction - spread, 2 * spread);
    c.x = random.words16(static_cast<std::size_t>(c.vectors() * c.rows));
    c.e = random.words16(static_cast<std::size_t>(c.vectors() * c.cols));
  }
};

}  // namespace panther::test
