// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The weight change of a batch's mean gradient against a naive model: exactly where float32 is
// exact, with halves to even; within float32's roundings, saturated, for any words, formats that
// differ between examples, and each optimizer. Sums run in the order of the examples.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/backends.hpp"
#include "tests/support/gradient_model.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

class GradientLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, GradientLaw, every_backend(), backend_label);

/// [replica][row][col]
struct Result {
  std::vector<std::int32_t> delta;
  std::vector<float> first;
  std::vector<float> second;
};

constexpr std::int32_t unwritten = -1431655766;

/// From moments `before`, which have an element more than there are weights, as the result has.
Result gradient(Backend& backend, GradientCase const& c, Result const& before) {
  DeviceArray<std::int16_t> const x(backend, c.x);
  DeviceArray<std::int16_t> const e(backend, c.e);
  DeviceArray<std::int32_t> const x_fraction(backend, c.x_fraction);
  DeviceArray<std::int32_t> const e_fraction(backend, c.e_fraction);
  DeviceArray<float> const rates(backend, c.rates);
  DeviceArray<float> first(backend, before.first);
  DeviceArray<float> second(backend, before.second);
  DeviceArray<std::int32_t> delta(backend, before.delta);
  backend.gradient({.x = x.data(),
                    .e = e.data(),
                    .x_fraction = x_fraction.data(),
                    .e_fraction = e_fraction.data(),
                    .learning_rate = rates.data(),
                    .first_moment = first.data(),
                    .second_moment = second.data(),
                    .delta = delta.data(),
                    .replicas = c.replicas,
                    .examples = c.examples,
                    .rows = c.rows,
                    .cols = c.cols,
                    .w_fraction = c.w_fraction,
                    .optimizer = c.optimizer,
                    .beta1 = c.beta1,
                    .beta2 = c.beta2,
                    .epsilon = c.epsilon,
                    .correction1 = static_cast<float>(c.correction1),
                    .correction2 = static_cast<float>(c.correction2)});
  return {delta.download(), first.download(), second.download()};
}

/// Moments that draw() gives, and one more element that no one may write.
template <class Draw>
Result before_of(GradientCase const& c, Draw const& draw) {
  Result before;
  before.delta.assign(c.weights() + 1, unwritten);
  for (std::size_t i = 0; i <= c.weights(); ++i) {
    auto const [first, second] = draw();
    before.first.push_back(static_cast<float>(first));
    before.second.push_back(static_cast<float>(second));
  }
  return before;
}

/// Checks that `seen` is what float32 may make of `model`.
template <class Real>
void expect_moment(float seen, Real model) {
  EXPECT_GE(static_cast<double>(seen), low_of(model));
  EXPECT_LE(static_cast<double>(seen), high_of(model));
}

/// What kinds of changes a test has seen.
struct Seen {
  int ties = 0;
  int saturated = 0;
  int moved = 0;

  void add(double change, std::int32_t delta) {
    ties += std::abs(change - std::trunc(change)) == 0.5 ? 1 : 0;
    saturated += std::abs(change) > most_change ? 1 : 0;
    moved += delta != 0 ? 1 : 0;
  }
};

/// Checks a call in the arithmetic Real, and that it wrote nothing else.
template <class Real>
void check(Backend& backend, GradientCase const& c, Result const& before, Seen& seen) {
  Result const result = gradient(backend, c, before);
  for (int r = 0; r < c.replicas; ++r) {
    for (int i = 0; i < c.rows; ++i) {
      for (int j = 0; j < c.cols; ++j) {
        std::size_t const at = c.weight(r, i, j);
        Moments<Real> moments{Real(before.first[at]), Real(before.second[at])};
        Real const change = change_of(c, r, i, j, moments);
        EXPECT_GE(result.delta[at], whole_change(low_of(change))) << high_of(change);
        EXPECT_LE(result.delta[at], whole_change(high_of(change))) << low_of(change);
        expect_moment(result.first[at], moments.first);
        expect_moment(result.second[at], moments.second);
        seen.add(low_of(change), result.delta[at]);
      }
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(result.delta.back(), unwritten);
  EXPECT_EQ(result.first.back(), before.first.back());
  EXPECT_EQ(result.second.back(), before.second.back());
}

/// Fewer may see no tie or no saturation.
int enough_trials() { return std::max(trials(60), 15); }

void shape(Random& random, GradientCase& c) {
  c.replicas = random.whole(1, 3);
  c.rows = random.pick<int>({1, 2, 9, 17, 33, 70});
  c.cols = random.pick<int>({1, 3, 10, 31, 65});
}

TEST_P(GradientLaw, ExactMeansRoundHalfToEven) {
  Random random(351);
  Seen seen;
  for (int trial = 0; trial < enough_trials(); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    GradientCase c;
    shape(random, c);
    c.optimizer = random.pick<Optimizer>({Optimizer::sgd, Optimizer::momentum});
    c.beta1 = random.pick<float>({0.0F, 0.25F, 0.5F});
    ExactBatch const batch(random);
    batch.fill(random, c);
    Result const before = before_of(c, [&] {
      return std::pair{std::ldexp(random.whole(-65536, 65536), -batch.unit_bits()), 7.0};
    });
    check<double>(backend(), c, before, seen);
    if (HasFailure()) return;
  }
  EXPECT_GT(seen.ties, enough_trials());
}

TEST_P(GradientLaw, FollowsTheOptimizersWithinFloat32) {
  Random random(352);
  Seen seen;
  for (int trial = 0; trial < enough_trials(); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    GradientCase c;
    shape(random, c);
    c.optimizer = random.pick<Optimizer>({Optimizer::sgd, Optimizer::momentum, Optimizer::adam});
    c.beta1 = random.pick<float>({0.0F, 0.3F, 0.9F});
    c.beta2 = random.pick<float>({0.4F, 0.99F, 0.999F});
    c.epsilon = random.pick<float>({1e-8F, 1e-3F, 1.0F});
    c.correction1 = static_cast<double>(static_cast<float>(random.real(1.0, 10.0)));
    c.correction2 = static_cast<double>(static_cast<float>(random.real(1.0, 1000.0)));
    WideBatch const batch(random);
    batch.fill(random, c);
    Result const before = before_of(c, [&] {
      double const size = std::ldexp(random.real(-1.0, 1.0),
                                     random.whole(0, 28) - batch.x_fraction - batch.e_fraction);
      return random.chance(0.2) ? std::pair{0.0, 0.0}
                                : std::pair{size, random.real(0, size * size)};
    });
    check<Float32Range>(backend(), c, before, seen);
    if (HasFailure()) return;
  }
  EXPECT_GT(seen.saturated, enough_trials());
  EXPECT_GT(seen.moved, 10 * enough_trials());
}

/// One weight by SGD, rate 1, no fraction bits of weights.
std::int32_t change_by_hand(Backend& backend, std::vector<std::int16_t> const& x,
                            std::vector<std::int16_t> const& e,
                            std::vector<std::int32_t> const& x_fraction, int w_fraction = 0) {
  GradientCase c;
  c.examples = static_cast<int>(x.size());
  c.w_fraction = w_fraction;
  c.rates = {1.0F};
  c.x = x;
  c.e = e;
  c.x_fraction = x_fraction;
  c.e_fraction.assign(x.size(), 0);
  return gradient(backend, c, before_of(c, [] { return std::pair{0.0, 0.0}; })).delta[0];
}

/// By hand: means 1/2, 3/2, 5/2 and their negatives, from products of each sign.
TEST_P(GradientLaw, HalvesGoToEven) {
  for (auto const& [x, change] : {std::pair{1, 0}, {3, -2}, {5, -2}, {-1, 0}, {-3, 2}, {-5, 2}}) {
    auto const word = static_cast<std::int16_t>(x);
    auto const negative = static_cast<std::int16_t>(-x);
    EXPECT_EQ(change_by_hand(backend(), {word}, {1}, {1}), change) << x << " / 2";
    EXPECT_EQ(change_by_hand(backend(), {negative, 0}, {-1, 9}, {0, 0}), change) << x << " / 2";
  }
}

/// By hand: 2^30 2^w; the largest product fills 31 bits, changes saturate on both sides.
TEST_P(GradientLaw, ChangesSaturate) {
  auto const change = [&](int e, int w_fraction) {
    return change_by_hand(backend(), {-32768}, {static_cast<std::int16_t>(e)}, {0}, w_fraction);
  };
  EXPECT_EQ(change(-32768, 0), -(1 << 30));
  EXPECT_EQ(change(16384, 1), 1 << 30);
  for (int const w_fraction : {1, 2, 30}) {
    EXPECT_EQ(change(-32768, w_fraction), -whole_change(most_change));
    EXPECT_EQ(change(32767, w_fraction + 1), whole_change(most_change));
  }
}

/// By hand: float32 loses 1 beside 2^29, so it is lost in front of 2^30 - 2^29 - 2^29 and kept
/// behind them.
TEST_P(GradientLaw, SumsRunInTheOrderOfTheExamples) {
  std::vector<std::int32_t> const none(4, 0);
  EXPECT_EQ(
      change_by_hand(backend(), {-32768, 1, 16384, 16384}, {-32768, 1, -32768, -32768}, none, 2),
      0);
  EXPECT_EQ(
      change_by_hand(backend(), {-32768, 16384, 16384, 1}, {-32768, -32768, -32768, 1}, none, 2),
      -1);
}

/// By hand: the mean of 3 / 2^1 and 5 / 2^3 in weights of 4 fraction bits.
TEST_P(GradientLaw, EachExampleHasItsFormat) {
  EXPECT_EQ(change_by_hand(backend(), {3, 5}, {1, 1}, {1, 3}, 4), -17);
}

}  // namespace
}  // namespace panther::test
