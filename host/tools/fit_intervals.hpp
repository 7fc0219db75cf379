// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Confidence intervals of 95 % and 99 %: each kind of number says where its interval ends for a
// normal limit z, and is asked for both.

#include <algorithm>
#include <cmath>

namespace panther {

struct Interval {
  double low = 0.0;
  double high = 0.0;

  bool holds(double value) const { return low <= value && value <= high; }
};

/// A number with its standard error and confidence intervals.
struct Estimate {
  double value = 0.0;
  double error = 0.0;
  Interval at_95;
  Interval at_99;
};

/// |z| that a standard normal exceeds in 5 % and in 1 % of cases.
inline constexpr double limit_of_95 = 1.959964;
inline constexpr double limit_of_99 = 2.575829;

template <class At>
Estimate with_intervals(double value, double error, At const& at) {
  return {value, error, at(limit_of_95), at(limit_of_99)};
}

/// A number that was given.
inline Estimate without_error(double value) { return {value, 0.0, {value, value}, {value, value}}; }

/// z for Student's t (Abramowitz and Stegun 26.7.5); within 0.3 % at 95 % and 2 % at 99 % from 4
/// degrees of freedom.
inline double student_limit(double z, double freedom) {
  double const zz = z * z;
  double const first = (zz + 1.0) * z / 4.0;
  double const second = ((5.0 * zz + 16.0) * zz + 3.0) * z / 96.0;
  double const third = (((3.0 * zz + 19.0) * zz + 17.0) * zz - 15.0) * z / 384.0;
  double const part = 1.0 / std::max(freedom, 1.0);
  return z + part * (first + part * (second + part * third));
}

inline Estimate with_error(double value, double error, double freedom) {
  return with_intervals(value, error, [=](double z) -> Interval {
    double const reach = student_limit(z, freedom) * error;
    return {value - reach, value + reach};
  });
}

/// A positive number with this standard error of its logarithm.
inline Estimate with_relative_error(double value, double relative) {
  return with_intervals(value, value * relative, [=](double z) -> Interval {
    double const factor = std::exp(z * relative);
    return {value / factor, value * factor};
  });
}

/// Interval of a standard deviation whose square was estimated with this standard error: chi-square
/// of the degrees of freedom that have that relative error (Satterthwaite), by Wilson and Hilferty.
/// A square that may be zero has the lower end 0.
inline Interval interval_of_deviation(double square, double error_of_square, double z) {
  double const value = std::sqrt(std::max(square, 0.0));
  double const reach = z * error_of_square;
  if (square <= reach) return {0.0, std::sqrt(std::max(square, 0.0) + reach)};
  double const ratio = error_of_square / square;
  double const part = ratio * ratio / 9.0;  // 2 / (9 nu), nu = 2 / ratio^2
  auto const quantile = [&](double at) { return std::pow(1.0 - part + at * std::sqrt(part), 3); };
  return {value / std::sqrt(quantile(z)), value / std::sqrt(std::max(quantile(-z), 1e-3))};
}

inline Estimate deviation_with_error(double square, double error_of_square) {
  double const value = std::sqrt(std::max(square, 0.0));
  double const error =
      value > 0.0 ? 0.5 * error_of_square / value : std::sqrt(limit_of_95 * error_of_square);
  return with_intervals(
      value, error, [=](double z) { return interval_of_deviation(square, error_of_square, z); });
}

}  // namespace panther
