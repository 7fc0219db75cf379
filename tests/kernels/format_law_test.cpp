// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The digital passes forward and backward against naive models written from the numerics: every
// conversion rounds half to even and saturates, each replica counts its own saturations, and a
// format that follows the data (dynamic_pow2) is the finest that holds the largest magnitude.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/backends.hpp"
#include "tests/support/formats.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

class FormatLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, FormatLaw, every_backend(), backend_label);

/// What the passes share: their arrays, of [replica][example] vectors of `width` elements and, if
/// there is a bias, one more in the inputs of a layer.
struct Case {
  int replicas = 1;
  int examples = 1;
  int width = 1;
  bool bias = false;
  Scale scale = Scale::fixed;
  Activation activation = Activation::identity;
  int sum_fraction = 0;
  int z_fraction = 0;
  int fixed_fraction = 0;
  float read_threshold = 0.0F;
  std::vector<i128> sums;
  std::vector<std::int16_t> words;
  std::vector<std::int32_t> fractions;        // of what drove the read
  std::vector<std::int32_t> other_fractions;  // of `words`

  int vectors() const { return replicas * examples; }
  int rows() const { return width + (bias ? 1 : 0); }
  bool dynamic() const { return scale == Scale::dynamic_pow2; }
  bool curved() const {
    return activation == Activation::sigmoid || activation == Activation::tanh;
  }
};

struct Result {
  std::vector<std::int16_t> words;
  std::vector<std::int16_t> read_words;
  std::vector<std::int32_t> fractions;
  std::vector<LayerCounters> counters;
};

std::size_t index(int vector, int width, int element) {
  return static_cast<std::size_t>(vector) * static_cast<std::size_t>(width) +
         static_cast<std::size_t>(element);
}
template <class T>
T of(std::vector<T> const& values, int at) {
  return values[static_cast<std::size_t>(at)];
}

Case random_case(Random& random) {
  Case c;
  c.replicas = random.whole(1, 3);
  c.examples = random.whole(1, 4);
  c.width = random.pick<int>({1, 2, 9, 31, 64, 130, 257, 300});
  c.bias = random.chance(0.5);
  c.scale = random.pick<Scale>({Scale::fixed, Scale::dynamic_pow2});
  c.activation = random.pick<Activation>(
      {Activation::identity, Activation::relu, Activation::sigmoid, Activation::tanh});
  c.sum_fraction = random.pick<int>({0, 3, 24, 40, 75});
  c.z_fraction = random.whole(0, 15);
  c.fixed_fraction = random.whole(0, 14);
  c.read_threshold = random.pick<float>({0.0F, 0.25F, 0.5F});
  for (int i = 0; i < c.vectors(); ++i) {
    c.fractions.push_back(random.whole(0, 14));
    c.other_fractions.push_back(random.whole(0, 14));
  }
  return c;
}

/// A vector of sums about whole multiples of 2^shift, at halves and beside them, none larger than a
/// random number of bits.
void add_sums(Random& random, int width, int shift, std::vector<i128>& sums) {
  int const most_bits = random.pick<int>({0, 1, 8, 14, 15, 15, 16, 40});
  i128 const unit = static_cast<i128>(1) << std::max(shift, 0);
  for (int i = 0; i < width; ++i) {
    std::int64_t const reach = (std::int64_t{1} << random.whole(0, most_bits)) - 1;
    i128 const beside = random.pick<i128>({0, unit / 2, unit / 2, unit / 2 - 1, unit / 2 + 1});
    sums.push_back(unit * random.integer(-reach, reach) + (shift > 1 ? beside : 0));
  }
}

/// The largest magnitude of a vector's elements that pass.
template <class T, class Passes>
T peak_of(std::vector<T> const& values, std::size_t first, int count, Passes const& passes) {
  T peak = 0;
  for (int i = 0; i < count; ++i) {
    T const value = values[first + static_cast<std::size_t>(i)];
    if (passes(i)) peak = std::max(peak, value < 0 ? -value : value);
  }
  return peak;
}

double curve(Activation activation, double z) {
  if (activation == Activation::sigmoid) return 1.0 / (1.0 + std::exp(-z));
  if (activation == Activation::tanh) return std::tanh(z);
  return activation == Activation::relu ? std::max(z, 0.0) : z;
}
Result forward(Backend& backend, Case const& c) {
  auto const vectors = static_cast<std::size_t>(c.vectors());
  DeviceArray<i128> const sums(backend, c.sums);
  DeviceArray<std::int32_t> const x_fraction(backend, c.fractions);
  DeviceArray<std::int16_t> y(backend, index(c.vectors(), c.rows(), 0));
  DeviceArray<std::int16_t> read_y(backend, y.size());
  DeviceArray<std::int32_t> y_fraction(backend, vectors);
  DeviceArray<LayerCounters> counters(backend, static_cast<std::size_t>(c.replicas));
  backend.forward({.sums = sums.data(),
                   .x_fraction = x_fraction.data(),
                   .y = y.data(),
                   .y_fraction = y_fraction.data(),
                   .read_y = read_y.data(),
                   .read_threshold = c.read_threshold,
                   .counters = counters.data(),
                   .replicas = c.replicas,
                   .examples = c.examples,
                   .cols = c.width,
                   .y_rows = c.rows(),
                   .sum_fraction = c.sum_fraction,
                   .z_fraction = c.z_fraction,
                   .fixed_fraction = c.fixed_fraction,
                   .scale = c.scale,
                   .activation = c.activation});
  return {y.download(), read_y.download(), y_fraction.download(), counters.download()};
}

/// Checks one vector of outputs; returns how many of them saturated.
std::uint64_t check_outputs(Case const& c, Result const& result, int vector) {
  int const sum_bits = c.sum_fraction + of(c.fractions, vector);
  i128 const peak = peak_of(c.sums, index(vector, c.width, 0), c.width, [](int) { return true; });
  int const z_bits = c.dynamic() ? finest_format(peak, sum_bits) : c.z_fraction;
  // A dynamic format holds the bias element, 1, too.
  int const straight_bits = c.dynamic() ? std::min(z_bits, c.bias ? 14 : 30) : c.fixed_fraction;
  int const y_bits = c.curved() ? c.fixed_fraction : straight_bits;
  EXPECT_EQ(of(result.fractions, vector), y_bits);
  std::uint64_t saturated = 0;
  for (int i = 0; i < c.width; ++i) {
    StoredSum const z = stored_sum(c.sums[index(vector, c.width, i)], sum_bits - z_bits);
    double const y = std::ldexp(curve(c.activation, std::ldexp(z.word, -z_bits)), y_bits);
    std::int16_t const word = result.words[index(vector, c.rows(), i)];
    // devicemodels/core/math.hpp has sigmoid and tanh within 3e-7.
    check_word(word, y, c.curved() ? std::ldexp(3e-7, y_bits) : 0.0);
    bool const white = std::ldexp(word, -y_bits) > static_cast<double>(c.read_threshold);
    EXPECT_EQ(result.read_words[index(vector, c.rows(), i)],
              white ? word_of_scaled(std::ldexp(1.0, y_bits)) : 0.0);
    saturated += z.saturated || saturates(y) ? 1U : 0U;
  }
  if (c.bias) {
    std::size_t const at = index(vector, c.rows(), c.width);
    EXPECT_EQ(result.words[at], word_of_scaled(std::ldexp(1.0, y_bits)));
    EXPECT_EQ(result.read_words[at], result.words[at]);
  }
  return saturated;
}

TEST_P(FormatLaw, Forward) {
  Random random(301);
  for (int trial = 0; trial < trials(200); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    Case c = random_case(random);
    for (int vector = 0; vector < c.vectors(); ++vector) {
      add_sums(random, c.width, c.sum_fraction + of(c.fractions, vector) - c.z_fraction, c.sums);
    }
    Result const result = forward(backend(), c);
    for (int r = 0; r < c.replicas; ++r) {
      std::uint64_t saturated = 0;
      for (int n = 0; n < c.examples; ++n) {
        saturated += check_outputs(c, result, r * c.examples + n);
      }
      ASSERT_EQ(of(result.counters, r).outputs_saturated, saturated);
    }
    ASSERT_FALSE(HasFailure());
  }
}

Result backward(Backend& backend, Case const& c) {
  auto const vectors = static_cast<std::size_t>(c.vectors());
  DeviceArray<i128> const sums(backend, c.sums);
  DeviceArray<std::int32_t> const e_fraction(backend, c.fractions);
  DeviceArray<std::int16_t> const y(backend, c.words);
  DeviceArray<std::int32_t> const y_fraction(backend, c.other_fractions);
  DeviceArray<std::int16_t> e(backend, index(c.vectors(), c.width, 0));
  DeviceArray<std::int32_t> below_fraction(backend, vectors);
  DeviceArray<LayerCounters> counters(backend, static_cast<std::size_t>(c.replicas));
  backend.backward({.sums = sums.data(),
                    .e_fraction = e_fraction.data(),
                    .y = y.data(),
                    .y_fraction = y_fraction.data(),
                    .e = e.data(),
                    .below_fraction = below_fraction.data(),
                    .counters = counters.data(),
                    .replicas = c.replicas,
                    .examples = c.examples,
                    .rows = c.rows(),
                    .width = c.width,
                    .sum_fraction = c.sum_fraction,
                    .fixed_fraction = c.fixed_fraction,
                    .scale = c.scale,
                    .activation = c.activation});
  return {e.download(), {}, below_fraction.download(), counters.download()};
}

/// Checks one vector of errors; returns how many saturated that the activation lets pass.
std::uint64_t check_errors(Case const& c, Result const& result, int vector) {
  std::size_t const first = index(vector, c.rows(), 0);
  auto const passes = [&](int i) {
    return c.activation != Activation::relu || c.words[first + static_cast<std::size_t>(i)] > 0;
  };
  int const sum_bits = c.sum_fraction + of(c.fractions, vector);
  int const e_bits = c.dynamic() ? finest_format(peak_of(c.sums, first, c.width, passes), sum_bits)
                                 : c.fixed_fraction;
  EXPECT_EQ(of(result.fractions, vector), e_bits);
  std::uint64_t saturated = 0;
  for (int i = 0; i < c.width; ++i) {
    std::size_t const at = first + static_cast<std::size_t>(i);
    double const y = std::ldexp(c.words[at], -of(c.other_fractions, vector));
    StoredSum const e = stored_sum(c.sums[at], sum_bits - e_bits);
    double const passed = e.word * slope(c.activation, y);
    // The derivative and the product are rounded to float32, each to half an ULP of 2^-23.
    check_word(result.words[index(vector, c.width, i)], passed, std::abs(passed) * 0x1p-23);
    saturated += e.saturated && slope(c.activation, y) != 0.0 ? 1U : 0U;
  }
  return saturated;
}

/// Outputs of the layer below: any words of straight activations, those within [0, 1] or [-1, 1]
/// of curved ones.
std::int16_t random_output(Random& random, Activation activation, int fraction) {
  int const one = 1 << fraction;
  if (activation == Activation::sigmoid) return static_cast<std::int16_t>(random.whole(0, one));
  if (activation == Activation::tanh) return static_cast<std::int16_t>(random.whole(-one, one));
  return random.word16();
}

TEST_P(FormatLaw, Backward) {
  Random random(302);
  for (int trial = 0; trial < trials(200); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    Case c = random_case(random);
    c.fixed_fraction = random.whole(0, 20);
    for (int vector = 0; vector < c.vectors(); ++vector) {
      add_sums(random, c.rows(), c.sum_fraction + of(c.fractions, vector) - c.fixed_fraction,
               c.sums);
      if (c.bias) c.sums.back() = static_cast<i128>(1) << 100;  // not used
      for (int i = 0; i < c.rows(); ++i) {
        c.words.push_back(random_output(random, c.activation, of(c.other_fractions, vector)));
      }
    }
    Result const result = backward(backend(), c);
    for (int r = 0; r < c.replicas; ++r) {
      std::uint64_t saturated = 0;
      for (int n = 0; n < c.examples; ++n) {
        saturated += check_errors(c, result, r * c.examples + n);
      }
      ASSERT_EQ(of(result.counters, r).errors_saturated, saturated);
    }
    ASSERT_FALSE(HasFailure());
  }
}

/// By hand: 1/2, 3/2, 5/2, -1/2, -3/2 and -5/2 become 0, 2, 2, 0, -2 and -2.
TEST_P(FormatLaw, HalvesGoToEven) {
  Case c;
  c.width = 6;
  c.sums = {1, 3, 5, -1, -3, -5};
  c.words = {1, 3, 5, -1, -3, -5};
  c.fractions = c.other_fractions = {0};
  c.sum_fraction = 1;
  std::vector<std::int16_t> const expected{0, 2, 2, 0, -2, -2};
  EXPECT_EQ(forward(backend(), c).words, expected);
  EXPECT_EQ(backward(backend(), c).words, expected);
  // The slope of the sigmoid at 1/2 is 1/4: 2 sum / 4.
  c.sum_fraction = 0;
  for (i128& sum : c.sums) sum *= 2;
  c.activation = Activation::sigmoid;
  c.words.assign(6, 1 << 5);
  c.other_fractions = {6};
  EXPECT_EQ(backward(backend(), c).words, expected);
}

/// By hand: one beyond the word either way, and an error that the activation does not let pass.
TEST_P(FormatLaw, SaturationsAreCounted) {
  Case c;
  c.width = 5;
  c.sums = {32767, 32768, -32768, -32769, 40000};
  c.words = {1, 1, 1, 1, 0};
  c.fractions = c.other_fractions = {0};
  Result const out = forward(backend(), c);
  EXPECT_EQ(out.words, (std::vector<std::int16_t>{32767, 32767, -32768, -32768, 32767}));
  EXPECT_EQ(out.counters[0].outputs_saturated, 3U);
  c.activation = Activation::relu;
  Result const back = backward(backend(), c);
  EXPECT_EQ(back.words, (std::vector<std::int16_t>{32767, 32767, -32768, -32768, 0}));
  EXPECT_EQ(back.counters[0].errors_saturated, 2U);
}

/// A peak just below a power of two fills the word; at the power of two it takes a bit less.
TEST_P(FormatLaw, DynamicFormatsTurnAtPowersOfTwo) {
  for (auto const& [peak, fraction] : {std::pair{32767, 8}, {32768, 7}, {-32768, 7}, {16383, 9}}) {
    Case c;
    c.width = 2;
    c.scale = Scale::dynamic_pow2;
    c.sum_fraction = 8;
    c.sums = {peak, 1};
    c.words = {1, 1};
    c.fractions = c.other_fractions = {0};
    EXPECT_EQ(forward(backend(), c).fractions[0], fraction) << peak;
    EXPECT_EQ(backward(backend(), c).fractions[0], fraction) << peak;
  }
}

}  // namespace
}  // namespace panther::test
