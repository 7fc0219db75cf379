// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace panther::test {

namespace {

::testing::AssertionResult within(char const* what, double seen, double expected, double limit) {
  if (std::abs(seen - expected) <= limit) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << what << " is " << seen << ", expected " << expected << " +- " << limit;
}

double size_of(std::span<double const> samples) { return static_cast<double>(samples.size()); }

/// Chi-square of k degrees of freedom as a standard normal: its cube root is nearly one (Wilson and
/// Hilferty 1931).
double normal_of_chi_square(double chi_square, double k) {
  return (std::cbrt(chi_square / k) - (1.0 - 2.0 / (9.0 * k))) / std::sqrt(2.0 / (9.0 * k));
}

}  // namespace

double mean_of(std::span<double const> samples) {
  double sum = 0.0;
  for (double const sample : samples) sum += sample;
  return sum / size_of(samples);
}

double variance_of(std::span<double const> samples) {
  double const mean = mean_of(samples);
  double sum = 0.0;
  for (double const sample : samples) sum += (sample - mean) * (sample - mean);
  return sum / (size_of(samples) - 1.0);
}

double correlation_of(std::span<double const> a, std::span<double const> b) {
  double const mean_a = mean_of(a);
  double const mean_b = mean_of(b);
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / (size_of(a) - 1.0) / std::sqrt(variance_of(a) * variance_of(b));
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

std::function<double(double)> normal(double mean, double deviation) {
  return [=](double x) { return normal_cdf((x - mean) / deviation); };
}

double two_sided_limit(double probability) {
  double low = 0.0;
  double high = 40.0;
  for (int i = 0; i < 100; ++i) {
    double const middle = 0.5 * (low + high);
    (std::erfc(middle / std::sqrt(2.0)) > probability ? low : high) = middle;
  }
  return high;
}

::testing::AssertionResult mean_is(std::span<double const> samples, double expected,
                                   double deviation, double rate) {
  double const limit = two_sided_limit(rate) * deviation / std::sqrt(size_of(samples));
  return within("mean", mean_of(samples), expected, limit);
}

::testing::AssertionResult variance_is(std::span<double const> samples, double expected,
                                       double kurtosis, double rate) {
  // The variance of a sample variance is var^2 (kurtosis - 1) / n to first order.
  double const limit =
      two_sided_limit(rate) * expected * std::sqrt((kurtosis - 1.0) / size_of(samples));
  return within("variance", variance_of(samples), expected, limit);
}

::testing::AssertionResult normal_variance_is(std::span<double const> samples, double expected,
                                              double rate) {
  double const k = size_of(samples) - 1.0;
  double const variance = variance_of(samples);
  double const z = normal_of_chi_square(k * variance / expected, k);
  if (std::abs(z) <= two_sided_limit(rate)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "variance is " << variance << ", expected " << expected
                                       << ": chi-square as a normal is " << z;
}

::testing::AssertionResult uncorrelated(std::span<double const> a, std::span<double const> b,
                                        double rate) {
  return within("correlation", correlation_of(a, b), 0.0,
                two_sided_limit(rate) / std::sqrt(size_of(a)));
}

::testing::AssertionResult correlation_is(std::span<double const> a, std::span<double const> b,
                                          double expected, double rate) {
  double const limit = two_sided_limit(rate) / std::sqrt(size_of(a) - 3.0);
  return within("atanh(correlation)", std::atanh(correlation_of(a, b)), std::atanh(expected),
                limit);
}

::testing::AssertionResult distributed_as(std::vector<double> samples,
                                          std::function<double(double)> const& cdf, double rate) {
  std::sort(samples.begin(), samples.end());
  double const n = static_cast<double>(samples.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    double const p = cdf(samples[i]);
    auto const below = static_cast<double>(i);
    distance = std::max({distance, std::abs(p - below / n), std::abs(p - (below + 1.0) / n)});
  }
  // P(sqrt(n) D > t) <= 2 exp(-2 t^2) (Massart 1990).
  double const limit = std::sqrt(0.5 * std::log(2.0 / rate) / n);
  if (distance <= limit) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "Kolmogorov distance is " << distance << ", limit " << limit;
}

::testing::AssertionResult counts_fit(std::span<std::uint64_t const> counts,
                                      std::span<double const> expected, double rate) {
  double statistic = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    double const difference = static_cast<double>(counts[i]) - expected[i];
    statistic += difference * difference / expected[i];
  }
  double const z = normal_of_chi_square(statistic, static_cast<double>(counts.size()) - 1.0);
  return within("chi-square as a normal", z, 0.0, two_sided_limit(rate));
}

::testing::AssertionResult binomial_fits(std::uint64_t count, std::uint64_t trials,
                                         double probability, double rate) {
  auto const n = static_cast<double>(trials);
  auto const mass = [&](double k) {
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) +
                    k * std::log(probability) + (n - k) * std::log1p(-probability));
  };
  bool const upper = static_cast<double>(count) > n * probability;
  double tail = 0.0;
  for (std::uint64_t k = upper ? count : 0; k <= (upper ? trials : count); ++k) {
    tail += mass(static_cast<double>(k));
  }
  if (tail >= 0.5 * rate) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << count << " of " << trials << " at " << probability << ": a tail of " << tail;
}

}  // namespace panther::test
