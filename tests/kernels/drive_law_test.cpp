// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// U = round(lr E) against a naive model in double: half to even, saturated and counted by replica,
// in static formats and in the finest that holds the largest (dynamic_pow2); and the bits that the
// outer product drops, x_frac + u_frac - w_frac.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/backends.hpp"
#include "tests/support/formats.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

class DriveLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, DriveLaw, every_backend(), backend_label);

constexpr int w_fraction = 14;

struct Case {
  int replicas = 1;
  int examples = 1;
  int cols = 1;
  Scale scale = Scale::fixed;
  int fixed_fraction = 0;
  std::vector<float> rates;     // [replica]
  std::vector<std::int16_t> e;  // [replica][example][col]
  std::vector<std::int32_t> e_fraction;
  std::vector<std::int32_t> x_fraction;

  int vectors() const { return replicas * examples; }
};

struct Result {
  std::vector<std::int16_t> u;
  std::vector<std::int32_t> drop;
  std::vector<LayerCounters> counters;
};

std::size_t at(int index) { return static_cast<std::size_t>(index); }

Result drive(Backend& backend, Case const& c) {
  DeviceArray<std::int16_t> const e(backend, c.e);
  DeviceArray<std::int32_t> const e_fraction(backend, c.e_fraction);
  DeviceArray<std::int32_t> const x_fraction(backend, c.x_fraction);
  DeviceArray<float> const rates(backend, c.rates);
  DeviceArray<std::int16_t> u(backend, c.e.size());
  DeviceArray<std::int32_t> drop(backend, c.e_fraction.size());
  DeviceArray<LayerCounters> counters(backend, c.rates.size());
  backend.drive({.e = e.data(),
                 .e_fraction = e_fraction.data(),
                 .x_fraction = x_fraction.data(),
                 .u = u.data(),
                 .drop = drop.data(),
                 .learning_rate = rates.data(),
                 .counters = counters.data(),
                 .replicas = c.replicas,
                 .examples = c.examples,
                 .cols = c.cols,
                 .fixed_fraction = c.fixed_fraction,
                 .w_fraction = w_fraction,
                 .scale = c.scale});
  return {u.download(), drop.download(), counters.download()};
}

/// Checks one vector; returns how many of its words saturated.
std::uint64_t check_vector(Case const& c, Result const& result, int vector) {
  double const rate = static_cast<double>(c.rates[at(vector / c.examples)]);
  std::vector<double> scaled;
  double peak = 0.0;
  for (int j = 0; j < c.cols; ++j) {
    scaled.push_back(rate * std::ldexp(c.e[at(vector * c.cols + j)], -c.e_fraction[at(vector)]));
    peak = std::max(peak, std::abs(scaled.back()));
  }
  int const u_fraction = c.scale == Scale::fixed ? c.fixed_fraction : finest_format(peak);
  EXPECT_EQ(result.drop[at(vector)], c.x_fraction[at(vector)] + u_fraction - w_fraction);
  std::uint64_t saturated = 0;
  for (int j = 0; j < c.cols; ++j) {
    double const u = std::ldexp(scaled[at(j)], u_fraction);
    check_word(result.u[at(vector * c.cols + j)], u);
    saturated += saturates(u) ? 1U : 0U;
  }
  return saturated;
}

/// Learning rates have nine bits: their products with errors are exact in float32.
Case random_case(Random& random) {
  Case c;
  c.replicas = random.whole(1, 3);
  c.examples = random.whole(1, 4);
  c.cols = random.pick<int>({1, 2, 9, 31, 64, 130, 257, 300});
  c.scale = random.pick<Scale>({Scale::fixed, Scale::dynamic_pow2});
  c.fixed_fraction = random.whole(0, 20);
  for (int r = 0; r < c.replicas; ++r) {
    c.rates.push_back(static_cast<float>(std::ldexp(random.whole(0, 511), -random.whole(5, 30))));
  }
  for (int vector = 0; vector < c.vectors(); ++vector) {
    c.e_fraction.push_back(random.whole(-3, 30));
    c.x_fraction.push_back(random.whole(-3, 14));
  }
  c.e = random.words16(at(c.vectors() * c.cols));
  return c;
}

TEST_P(DriveLaw, RoundsHalfToEvenAndSaturates) {
  Random random(321);
  for (int trial = 0; trial < trials(200); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    Case const c = random_case(random);
    Result const result = drive(backend(), c);
    for (int r = 0; r < c.replicas; ++r) {
      std::uint64_t saturated = 0;
      for (int n = 0; n < c.examples; ++n) {
        saturated += check_vector(c, result, r * c.examples + n);
      }
      ASSERT_EQ(result.counters[at(r)].drives_saturated, saturated);
    }
    ASSERT_FALSE(HasFailure());
  }
}

/// By hand: 1/2, 3/2, 5/2, -1/2, -3/2 and -5/2, and the ends of the word.
TEST_P(DriveLaw, HalvesGoToEven) {
  Case c;
  c.cols = 8;
  c.rates = {0.5F};
  c.e = {1, 3, 5, -1, -3, -5, 32767, -32768};
  c.e_fraction = c.x_fraction = {0};
  EXPECT_EQ(drive(backend(), c).u, (std::vector<std::int16_t>{0, 2, 2, 0, -2, -2, 16384, -16384}));
  c.rates = {2.0F};
  Result const doubled = drive(backend(), c);
  EXPECT_EQ(doubled.u, (std::vector<std::int16_t>{2, 6, 10, -2, -6, -10, 32767, -32768}));
  EXPECT_EQ(doubled.counters[0].drives_saturated, 2U);
}

/// By hand: the largest magnitude lies in [2^14, 2^15) of the chosen format; no number at all, and
/// numbers too small, have the finest.
TEST_P(DriveLaw, DynamicFormatsTurnAtPowersOfTwo) {
  for (auto const& [e, fraction] :
       {std::pair{32767, 0}, {-32768, -1}, {16384, 0}, {16383, 1}, {-1, 14}, {0, 30}}) {
    Case c;
    c.cols = 2;
    c.scale = Scale::dynamic_pow2;
    c.rates = {1.0F};
    c.e = {0, static_cast<std::int16_t>(e)};
    c.e_fraction = c.x_fraction = {0};
    EXPECT_EQ(drive(backend(), c).drop[0], fraction - w_fraction) << e;
    c.e_fraction = {40};
    EXPECT_EQ(drive(backend(), c).drop[0], 30 - w_fraction) << e << " / 2^40";
  }
}

}  // namespace
}  // namespace panther::test
