// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random parameters and moves of any device law, from its described fields, and all laws as types.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <vector>

#include "devicemodels/cell.hpp"
#include "devicemodels/models.hpp"
#include "tests/support/random.hpp"

namespace panther::test {

/// Draws every field within its bounds; optional ones and texts are left out.
struct RandomFields {
  Random& random;

  template <class T>
  void operator()(std::string_view, T& value, Field const& field) const {
    if constexpr (std::is_same_v<T, bool>) {
      value = random.chance(0.5);
    } else if constexpr (std::is_floating_point_v<T> || std::is_same_v<T, int>) {
      value = static_cast<T>(number(field));
    } else if constexpr (std::is_same_v<T, std::vector<double>>) {
      value.resize(list_length);
      for (double& element : value) element = number(field);
    } else if constexpr (DescribedEnum<T>) {
      auto const& words = EnumNames<T>::values;
      value = words[static_cast<std::size_t>(random.whole(0, static_cast<int>(words.size()) - 1))]
                  .first;
    }
  }

  /// At most 100, or twice a least value beyond that. Of a range of decades often one of its small
  /// numbers.
  double number(Field const& field) const {
    double const low = std::max(field.lo, -100.0);
    double const high = std::min(field.hi, std::max(100.0, 2.0 * low));
    if (random.chance(0.1)) return std::clamp(0.0, low, high);
    bool const decades = low > 0.0 && high > 100.0 * low;
    if (decades && random.chance(0.7)) return low * std::pow(high / low, random.real(0, 1));
    return random.real(low, high);
  }

  std::size_t list_length =
      static_cast<std::size_t>(random.whole(1, 32));  // the same for all lists
};

/// Random parameters that the law accepts.
template <class Law>
typename Law::Params random_params(Random& random) {
  for (;;) {
    typename Law::Params params;
    RandomFields fields{random};
    Law::Params::fields(params, fields);
    if constexpr (TableLaw<Law>) params.tables = random.whole(1, 4);  // of the built-in file
    try {
      PreparedLaw<Law> const tried(params, 6);
      return params;
    } catch (std::invalid_argument const&) {
    }
  }
}

/// A table takes milliseconds to make.
template <class Law>
int law_trials(int many) {
  return trials(TableLaw<Law> ? std::max(many / 100, 1) : many);
}

/// Nominal half the time.
inline Traits random_traits(Random& random, int cell_bits) {
  auto const range = static_cast<float>(window_range(cell_bits));
  Traits traits = nominal_traits(range);
  if (random.chance(0.5)) return traits;
  traits.slope_up = static_cast<float>(random.real(0, 3));
  traits.slope_down = static_cast<float>(random.real(0, 3));
  traits.bend_up = static_cast<float>(random.real(0.05, 3));
  traits.bend_down = static_cast<float>(random.real(0.05, 3));
  traits.low = static_cast<float>(random.real(0, 0.4)) * range;
  traits.high = random.chance(0.1) ? traits.low : static_cast<float>(random.real(0.5, 1)) * range;
  return traits;
}

/// One random move.
struct LawCase {
  int cell_bits;
  Traits traits;
  float position;
  float steps;
  Direction direction;
};

inline LawCase random_case(Random& random) {
  LawCase c{};
  c.cell_bits = random.whole(2, 16);
  c.traits = random_traits(random, c.cell_bits);
  c.position = static_cast<float>(random.real(c.traits.low, c.traits.high));
  c.steps = static_cast<float>(random.whole(0, 240));
  c.direction = random.chance(0.5) ? Direction::up : Direction::down;
  return c;
}

template <class... Laws>
auto as_gtest_types(TypeList<Laws...>) -> ::testing::Types<Laws...>;
using AllLaws = decltype(as_gtest_types(LawList{}));

}  // namespace panther::test
