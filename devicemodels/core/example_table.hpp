// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The look-up table that is part of the library, "builtin:exponential": four devices that follow
// the exponential law (models/exponential.hpp) with alpha 3, 2, 4 and 5, 100 pulses across the
// window, and additive write noise of 0.5 % of the window a pulse.

#include <cmath>

#include "devicemodels/core/lookup_table.hpp"

namespace panther {

namespace detail {

/// z with P(N(0,1) < z) = probability, by bisection.
inline double normal_quantile(double probability) {
  double low = -10.0;
  double high = 10.0;
  for (int i = 0; i < 60; ++i) {
    double const middle = 0.5 * (low + high);
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < probability ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace detail

inline constexpr std::string_view example_table_name = "builtin:exponential";

inline LookupTable example_table() {
  constexpr double pulses = 100.0;
  constexpr double noise = 0.005;
  LookupTable table;
  table.source = "exponential, alpha 3, 2, 4 and 5";
  table.unit = "window";
  table.conductances = 129;
  table.levels = 128;
  for (double const alpha : {3.0, 2.0, 4.0, 5.0}) {
    LookupTable::Device device;
    double const asymptote = 1.0 / -std::expm1(-alpha);
    double const part = -std::expm1(-alpha / pulses);
    for (int level = 0; level < table.levels; ++level) {
      double const off = noise * detail::normal_quantile((level + 0.5) / table.levels);
      for (int i = 0; i < table.conductances; ++i) {
        double const x = static_cast<double>(i) / (table.conductances - 1);
        device.set.push_back((asymptote - x) * part + off);
        device.reset.push_back(-(x - 1.0 + asymptote) * part + off);
      }
    }
    table.devices.push_back(std::move(device));
  }
  return table;
}

}  // namespace panther
