// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Interval arithmetic that holds every result which float32 may give: each operation widens its
// interval by half an ULP, 2^-24 of the magnitude, and by half the smallest number. A formula
// written once as a template is exact in doubles and an interval in these.

#include <algorithm>
#include <cmath>
#include <utility>

namespace panther::test {

class Float32Range {
 public:
  /// The number itself.
  explicit Float32Range(float value)
      : low_(static_cast<double>(value)), high_(static_cast<double>(value)) {}
  /// A number that has been rounded to float32.
  explicit Float32Range(double value) : Float32Range(value, value) {}

  double low() const { return low_; }
  double high() const { return high_; }

  friend Float32Range operator-(Float32Range a) {
    std::swap(a.low_, a.high_);
    a.low_ = -a.low_;
    a.high_ = -a.high_;
    return a;
  }
  friend Float32Range operator+(Float32Range a, Float32Range b) {
    return {a.low_ + b.low_, a.high_ + b.high_};
  }
  friend Float32Range operator-(Float32Range a, Float32Range b) { return a + -b; }
  friend Float32Range operator*(Float32Range a, Float32Range b) {
    auto const [least, most] =
        std::minmax({a.low_ * b.low_, a.low_ * b.high_, a.high_ * b.low_, a.high_ * b.high_});
    return {least, most};
  }
  /// b does not hold 0.
  friend Float32Range operator/(Float32Range a, Float32Range b) {
    auto const [least, most] =
        std::minmax({a.low_ / b.low_, a.low_ / b.high_, a.high_ / b.low_, a.high_ / b.high_});
    return {least, most};
  }
  friend Float32Range sqrt(Float32Range a) {
    return {std::sqrt(std::max(a.low_, 0.0)), std::sqrt(std::max(a.high_, 0.0))};
  }

 private:
  Float32Range(double low, double high)
      : low_(low - std::abs(low) * 0x1p-24 - 0x1p-150),
        high_(high + std::abs(high) * 0x1p-24 + 0x1p-150) {}

  double low_;
  double high_;
};

inline double low_of(double value) { return value; }
inline double high_of(double value) { return value; }
inline double low_of(Float32Range value) { return value.low(); }
inline double high_of(Float32Range value) { return value.high(); }

}  // namespace panther::test
