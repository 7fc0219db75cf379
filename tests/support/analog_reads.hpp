// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Analog reads as data, and a naive model of the scaling of their inputs.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "tests/support/crossbar.hpp"

namespace panther::test {

/// An analog read of a crossbar in a state.
struct AnalogRead {
  CrossbarConfig config;
  std::vector<std::int16_t> codes;
  std::vector<std::int16_t> inputs;
  ReadOptions options;
  std::size_t driven;

  std::size_t vectors() const { return inputs.size() / driven; }
  std::span<std::int16_t const> vector(std::size_t i) const {
    return std::span(inputs).subspan(i * driven, driven);
  }
};

inline constexpr std::int64_t full = 32767;

/// The quotient's nearest integer, ties to even, by whole numbers alone.
inline i128 rounded_quotient(i128 above, i128 below) {
  bool const negative = above < 0;
  i128 const magnitude = negative ? -above : above;
  i128 quotient = magnitude / below;
  i128 const twice = 2 * (magnitude % below);
  if (twice > below || (twice == below && quotient % 2 == 1)) ++quotient;
  return negative ? -quotient : quotient;
}

/// A naive model of what input_scaling.hpp divides a vector by.
struct NaiveScale {
  InputScalingConfig config;
  int block_lines;
  double max_resolution;
  std::int32_t mean = 0;  // of average_abs_max; 0: not known

  i128 limited(std::int64_t scale) const {
    return std::min(scale, static_cast<std::int64_t>(std::nearbyint(config.limit * 32767.0)));
  }

  i128 by_sum(std::span<std::int16_t const> vector) const {
    double most = 0.0;
    for (int const sign : {-1, 1}) {
      for (std::size_t first = 0; first < vector.size(); ++first) {
        if (first % static_cast<std::size_t>(block_lines) != 0) continue;
        double sum = 0.0;
        for (std::size_t i = first; i < vector.size(); ++i) {
          if (i < first + static_cast<std::size_t>(block_lines))
            sum += std::max(0, sign * vector[i]);
        }
        most = std::max(most, sum);
      }
    }
    i128 const largest = abs_max(vector);
    double const factor = std::max(1.0, std::floor(max_resolution * 65534.0));
    double const wanted = std::min(most / config.full_lines, static_cast<double>(largest) * factor);
    return std::max(largest, static_cast<i128>(std::nearbyint(wanted)));
  }

  i128 abs_max(std::span<std::int16_t const> vector) const {
    int largest = 0;
    for (int const x : vector) largest = std::max(largest, std::abs(x));
    return limited(largest);
  }

  i128 operator()(std::span<std::int16_t const> vector) const {
    i128 scale = 0;
    switch (config.noise_management) {
      case NoiseManagement::off:
        return full;
      case NoiseManagement::constant:
        return limited(full);
      case NoiseManagement::max:
        scale = limited(std::max<std::int64_t>(0, *std::ranges::max_element(vector)));
        break;
      case NoiseManagement::average_abs_max:
        scale = mean != 0 ? limited(mean) : abs_max(vector);
        break;
      case NoiseManagement::abs_max:
        scale = abs_max(vector);
        break;
      case NoiseManagement::abs_max_np_sum:
        scale = by_sum(vector);
        break;
    }
    return scale == 0 ? full : scale;
  }
};

/// A vector divided by a scale, as drivers see it.
inline std::vector<std::int16_t> naively_scaled(std::span<std::int16_t const> vector, i128 scale) {
  std::vector<std::int16_t> scaled;
  for (i128 const x : vector) {
    scaled.push_back(static_cast<std::int16_t>(
        std::clamp<i128>(rounded_quotient(x * full, scale), -32768, 32767)));
  }
  return scaled;
}

}  // namespace panther::test
