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

/// What input_scaling.hpp divides a vector by, naively.
inline std::int64_t naive_scale(InputScalingConfig const& config,
                                std::span<std::int16_t const> vector) {
  auto const limit = static_cast<std::int64_t>(std::nearbyint(config.limit * 32767.0));
  if (config.noise_management == NoiseManagement::off) return full;
  if (config.noise_management == NoiseManagement::constant) return limit;
  std::int64_t largest = 0;
  for (std::int64_t const x : vector) {
    largest = std::max(largest, config.noise_management == NoiseManagement::max ? x : std::abs(x));
  }
  return largest == 0 ? full : std::min(largest, limit);
}

}  // namespace panther::test
