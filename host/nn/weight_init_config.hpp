// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Distribution of the initial weights: keys of [network].

#include <cstdint>

#include "devicemodels/core/fields.hpp"

namespace panther {

enum class WeightInit : std::uint8_t { he_uniform, xavier_uniform, grid };
template <>
struct EnumNames<WeightInit> {
  static constexpr std::array values{
      std::pair{WeightInit::he_uniform, std::string_view{"he_uniform"}},
      std::pair{WeightInit::xavier_uniform, std::string_view{"xavier_uniform"}},
      std::pair{WeightInit::grid, std::string_view{"grid"}}};
};

struct WeightInitConfig {
  WeightInit kind = WeightInit::he_uniform;
  double limit = 1.0;
  int values = 7;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "init", self.kind,
        Field{.doc = "distribution of the initial weights; grid: one of init_values evenly spaced "
                     "weights from -init_limit to init_limit"});
    visit("init_limit", self.limit,
          Field{.unit = "weight", .doc = "largest weight of a grid", .lo = 0, .hi = 1000});
    visit("init_values", self.values,
          Field{.doc = "weights of a grid (NeuroSim: 7)", .lo = 2, .hi = 65536});
  }
};

}  // namespace panther
