// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Loss, its error at the outputs and the answers, against their formulas in double: softmax with
// cross entropy and squared error, errors rounded half to even and saturated, in static formats and
// in the finest that holds the largest error (dynamic_pow2).

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/backends.hpp"
#include "tests/support/formats.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

class LossLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, LossLaw, every_backend(), backend_label);

struct Case {
  int replicas = 1;
  int examples = 1;
  int classes = 1;
  Loss kind = Loss::softmax_cross_entropy;
  Activation activation = Activation::identity;
  Scale scale = Scale::fixed;
  int fixed_fraction = 15;
  std::vector<std::int16_t> y;  // [replica][example][class]
  std::vector<std::int32_t> y_fraction;
  std::vector<std::uint8_t> labels;  // [image]
  std::vector<std::int32_t> order;   // [replica][example] image

  int vectors() const { return replicas * examples; }
};

struct Result {
  std::vector<std::int16_t> e;
  std::vector<std::int32_t> e_fraction;
  std::vector<float> loss;
  std::vector<std::int32_t> correct;
};

std::size_t at(int index) { return static_cast<std::size_t>(index); }

Result loss(Backend& backend, Case const& c) {
  DeviceArray<std::int16_t> const y(backend, c.y);
  DeviceArray<std::int32_t> const y_fraction(backend, c.y_fraction);
  DeviceArray<std::uint8_t> const labels(backend, c.labels);
  DeviceArray<std::int32_t> const order(backend, c.order);
  DeviceArray<std::int16_t> e(backend, c.y.size());
  DeviceArray<std::int32_t> e_fraction(backend, c.order.size());
  DeviceArray<float> loss(backend, c.order.size());
  DeviceArray<std::int32_t> correct(backend, c.order.size());
  backend.loss({.y = y.data(),
                .y_fraction = y_fraction.data(),
                .labels = labels.data(),
                .order = order.data(),
                .e = e.data(),
                .e_fraction = e_fraction.data(),
                .loss = loss.data(),
                .correct = correct.data(),
                .vectors = c.vectors(),
                .classes = c.classes,
                .fixed_fraction = c.fixed_fraction,
                .scale = c.scale,
                .kind = c.kind,
                .activation = c.activation});
  return {e.download(), e_fraction.download(), loss.download(), correct.download()};
}

/// One vector by the formulas.
struct Expected {
  std::vector<double> error;
  double loss = 0.0;
  double slack = 0.0;  // what float32 leaves open of an error
  bool correct = false;
};

/// Terms exp(y - largest): the sum's terms each err by 2 ULP of exp2 and less than 1 of its
/// argument, the sum by half an ULP a class.
Expected softmax(std::vector<double> const& y, int label) {
  double const largest = *std::max_element(y.begin(), y.end());
  double sum = 0.0;
  for (double const output : y) sum += std::exp(output - largest);
  Expected expected;
  for (double const output : y) expected.error.push_back(std::exp(output - largest) / sum);
  expected.error[at(label)] -= 1.0;
  expected.loss = std::log(sum) + largest - y[at(label)];
  expected.slack = (4.0 + 0.5 * static_cast<double>(y.size())) * 0x1p-23;
  return expected;
}

/// A slope and a product: three roundings of half an ULP.
Expected squares(std::vector<double> const& y, int label, Activation activation) {
  Expected expected;
  double largest = 0.0;
  for (int c = 0; c < static_cast<int>(y.size()); ++c) {
    double const difference = y[at(c)] - (c == label ? 1.0 : 0.0);
    expected.error.push_back(difference * slope(activation, y[at(c)]));
    expected.loss += 0.5 * difference * difference;
    largest = std::max(largest, std::abs(expected.error.back()));
  }
  expected.slack = 1.5 * 0x1p-23 * largest;
  return expected;
}

Expected expected_of(Case const& c, int vector) {
  std::vector<double> y;
  for (int k = 0; k < c.classes; ++k) {
    y.push_back(std::ldexp(c.y[at(vector * c.classes + k)], -c.y_fraction[at(vector)]));
  }
  int const label = c.labels[at(c.order[at(vector)])];
  Expected expected =
      c.kind == Loss::softmax_cross_entropy ? softmax(y, label) : squares(y, label, c.activation);
  expected.correct = std::max_element(y.begin(), y.end()) - y.begin() == label;
  return expected;
}

void check_vector(Case const& c, Result const& result, int vector) {
  Expected const expected = expected_of(c, vector);
  int const fraction = result.e_fraction[at(vector)];
  double peak = 0.0;
  for (double const error : expected.error) peak = std::max(peak, std::abs(error));
  if (c.scale == Scale::fixed) {
    ASSERT_EQ(fraction, c.fixed_fraction);
  } else {
    ASSERT_GE(fraction, finest_format(peak + expected.slack));
    ASSERT_LE(fraction, finest_format(std::max(peak - expected.slack, 0.0)));
  }
  for (int k = 0; k < c.classes; ++k) {
    check_word(result.e[at(vector * c.classes + k)], std::ldexp(expected.error[at(k)], fraction),
               std::ldexp(expected.slack, fraction));
  }
  // Sums of squares and the logarithm round as often as there are classes, and a few times more.
  double const rounding = (4.0 + c.classes) * 0x1p-23 * (1.0 + expected.loss);
  ASSERT_NEAR(result.loss[at(vector)], expected.loss, rounding);
  ASSERT_EQ(result.correct[at(vector)], expected.correct ? 1 : 0);
}

Case random_case(Random& random) {
  Case c;
  c.replicas = random.whole(1, 3);
  c.examples = random.whole(1, 5);
  c.classes = random.pick<int>({1, 2, 10, 31, 33, 64, 65, 100, 150});
  c.kind = random.pick<Loss>({Loss::softmax_cross_entropy, Loss::squared_error});
  if (c.kind == Loss::squared_error) {
    c.activation = random.pick<Activation>(
        {Activation::identity, Activation::relu, Activation::sigmoid, Activation::tanh});
  }
  c.scale = random.pick<Scale>({Scale::fixed, Scale::dynamic_pow2});
  c.fixed_fraction = random.whole(0, 18);
  for (int image = 0; image < 7; ++image) {
    c.labels.push_back(static_cast<std::uint8_t>(random.whole(0, c.classes - 1)));
  }
  for (int vector = 0; vector < c.vectors(); ++vector) {
    c.order.push_back(random.whole(0, 6));
    c.y_fraction.push_back(random.whole(0, 14));
    int const one = 1 << c.y_fraction.back();
    for (int k = 0; k < c.classes; ++k) {
      bool const bounded = c.activation == Activation::sigmoid || c.activation == Activation::tanh;
      int const lowest = c.activation == Activation::sigmoid ? 0 : -one;
      c.y.push_back(bounded ? static_cast<std::int16_t>(random.whole(lowest, one))
                            : random.word16());
    }
  }
  return c;
}

TEST_P(LossLaw, FollowsItsFormulas) {
  Random random(311);
  for (int trial = 0; trial < trials(200); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    Case const c = random_case(random);
    Result const result = loss(backend(), c);
    for (int vector = 0; vector < c.vectors(); ++vector) check_vector(c, result, vector);
    ASSERT_FALSE(HasFailure());
  }
}

/// By hand: outputs 1/2, 3/2, 5/2, -1/2, -3/2 and targets 0 in words of no fraction bits, and an
/// output too large for the errors' format. The label is the last class.
TEST_P(LossLaw, ErrorsRoundHalfToEvenAndSaturate) {
  Case c;
  c.kind = Loss::squared_error;
  c.classes = 7;
  c.fixed_fraction = 0;
  c.y = {1, 3, 5, -1, -3, -5, 2};
  c.y_fraction = {1};
  c.labels = {6};
  c.order = {0};
  EXPECT_EQ(loss(backend(), c).e, (std::vector<std::int16_t>{0, 2, 2, 0, -2, -2, 0}));
  c.fixed_fraction = 15;
  EXPECT_EQ(loss(backend(), c).e,
            (std::vector<std::int16_t>{16384, 32767, 32767, -16384, -32768, -32768, 0}));
  EXPECT_EQ(loss(backend(), c).loss[0], 0.5F * (0.25F + 2.25F + 6.25F) * 2.0F);
}

/// By hand: of four equal outputs each has probability 1/4; the first of equals is the answer.
TEST_P(LossLaw, EqualOutputsShareTheProbability) {
  Case c;
  c.examples = 2;
  c.classes = 4;
  c.y.assign(8, -300);
  c.y_fraction = {8, 3};
  c.labels = {1, 0};
  c.order = {0, 1};
  Result const result = loss(backend(), c);
  EXPECT_EQ(result.e,
            (std::vector<std::int16_t>{8192, -24576, 8192, 8192, -24576, 8192, 8192, 8192}));
  EXPECT_EQ(result.correct, (std::vector<std::int32_t>{0, 1}));
  EXPECT_NEAR(result.loss[0], 2.0 * std::log(2.0), 4.0 * 0x1p-23);
  // The largest error of 3/4 fits 15 fraction bits, and would not fit 16.
  c.scale = Scale::dynamic_pow2;
  EXPECT_EQ(loss(backend(), c).e, result.e);
  EXPECT_EQ(loss(backend(), c).e_fraction, (std::vector<std::int32_t>{15, 15}));
}

/// No error at all has the finest format; errors beyond 2^31 saturate in the coarsest.
TEST_P(LossLaw, DynamicFormatsHaveLimits) {
  Case c;
  c.kind = Loss::squared_error;
  c.scale = Scale::dynamic_pow2;
  c.classes = 2;
  c.y = {0, 1};
  c.y_fraction = {0};
  c.labels = {1};
  c.order = {0};
  EXPECT_EQ(loss(backend(), c).e_fraction[0], 30);
  EXPECT_EQ(loss(backend(), c).e, (std::vector<std::int16_t>{0, 0}));
  c.y = {32767, 1};
  c.y_fraction = {-16};
  Result const coarse = loss(backend(), c);
  EXPECT_EQ(coarse.e_fraction[0], -16);
  EXPECT_EQ(coarse.e, (std::vector<std::int16_t>{32767, 1}));
  c.y_fraction = {-18};
  EXPECT_EQ(loss(backend(), c).e_fraction[0], -16);
  EXPECT_EQ(loss(backend(), c).e, (std::vector<std::int16_t>{32767, 4}));
}

}  // namespace
}  // namespace panther::test
