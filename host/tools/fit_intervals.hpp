// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Confidence intervals of 95 %.

#include <algorithm>
#include <cmath>

#include "host/tools/fit_data.hpp"

namespace panther {

/// |z| that a standard normal exceeds in 5 % of cases.
inline constexpr double normal_limit = 1.959964;

/// The same of Student's t (Abramowitz and Stegun 26.7.5); within 0.3 % from 4 degrees of freedom.
inline double student_limit(double freedom) {
  double const z = normal_limit;
  double const zz = z * z;
  double const first = (zz + 1.0) * z / 4.0;
  double const second = ((5.0 * zz + 16.0) * zz + 3.0) * z / 96.0;
  double const third = (((3.0 * zz + 19.0) * zz + 17.0) * zz - 15.0) * z / 384.0;
  double const part = 1.0 / std::max(freedom, 1.0);
  return z + part * (first + part * (second + part * third));
}

inline Estimate with_error(double value, double error, double freedom) {
  double const reach = student_limit(freedom) * error;
  return {value, error, value - reach, value + reach};
}

/// Interval of a standard deviation whose square was estimated with this standard error: chi-square
/// of the degrees of freedom that have that relative error (Satterthwaite), by Wilson and Hilferty.
/// A square that may be zero has the lower end 0.
inline Estimate deviation_with_error(double square, double error_of_square) {
  double const value = std::sqrt(std::max(square, 0.0));
  double const upper = std::sqrt(std::max(square, 0.0) + normal_limit * error_of_square);
  double const error = value > 0.0 ? 0.5 * error_of_square / value : upper;
  if (square <= normal_limit * error_of_square) return {value, error, 0.0, upper};
  double const ratio = error_of_square / square;
  double const part = ratio * ratio / 9.0;  // 2 / (9 nu), nu = 2 / ratio^2
  auto const quantile = [&](double z) { return std::pow(1.0 - part + z * std::sqrt(part), 3); };
  double const high = std::max(quantile(-normal_limit), 1e-3);
  return {value, error, value / std::sqrt(quantile(normal_limit)), value / std::sqrt(high)};
}

}  // namespace panther
