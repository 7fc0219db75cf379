// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Statistical checks at a stated rate of false alarms. Seeds of tests are fixed, so a check that
// passes keeps passing; the rate says how likely a right implementation was to fail when the seed
// was chosen.

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace panther::test {

/// One check in a million of a right implementation fails.
inline constexpr double false_alarm_rate = 1e-6;

double mean_of(std::span<double const> samples);
/// Unbiased; at least two samples.
double variance_of(std::span<double const> samples);
double correlation_of(std::span<double const> a, std::span<double const> b);

/// |z| that a standard normal exceeds with this probability.
double two_sided_limit(double probability);
double normal_cdf(double z);
/// The distribution function of a normal.
std::function<double(double)> normal(double mean, double deviation);

/// The mean is `expected`, given the standard deviation of one sample.
::testing::AssertionResult mean_is(std::span<double const> samples, double expected,
                                   double deviation, double rate = false_alarm_rate);
/// The variance is `expected`; `kurtosis` of the distribution (3 for a normal).
::testing::AssertionResult variance_is(std::span<double const> samples, double expected,
                                       double kurtosis = 3.0, double rate = false_alarm_rate);
/// The variance of normal samples is `expected`: chi-square quantiles, good for few samples too.
::testing::AssertionResult normal_variance_is(std::span<double const> samples, double expected,
                                              double rate = false_alarm_rate);
/// The pairs are uncorrelated.
::testing::AssertionResult uncorrelated(std::span<double const> a, std::span<double const> b,
                                        double rate = false_alarm_rate);
/// Correlation of normal pairs (Fisher's z).
::testing::AssertionResult correlation_is(std::span<double const> a, std::span<double const> b,
                                          double expected, double rate = false_alarm_rate);
/// Kolmogorov-Smirnov: the samples come from this continuous distribution.
::testing::AssertionResult distributed_as(std::vector<double> samples,
                                          std::function<double(double)> const& cdf,
                                          double rate = false_alarm_rate);
/// Pearson's chi-square: counts against expected counts of the same total, each at least 5.
::testing::AssertionResult counts_fit(std::span<std::uint64_t const> counts,
                                      std::span<double const> expected,
                                      double rate = false_alarm_rate);
/// Exact binomial: `count` successes of `trials` at this probability.
::testing::AssertionResult binomial_fits(std::uint64_t count, std::uint64_t trials,
                                         double probability, double rate = false_alarm_rate);

}  // namespace panther::test
