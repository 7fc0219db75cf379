// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A quantity that measurements give as a function of a device's conductance, in the forms that
// published fits take. With c the conductance over the highest one:
//   c < split   clip(offset + slope log2(c) + factor c^power, low, high)
//   else        c0 + c1 c + c2 c^2 + c3 c^3 + c4 c^4
// Below least_conductance it is that of least_conductance.

#include <cmath>
#include <initializer_list>
#include <limits>

#include "devicemodels/core/math.hpp"

namespace panther {

struct StateCurve {
  static constexpr int terms = 5;
  static constexpr float least_conductance = 1e-7F;

  float split = 0.0F;
  float offset = 0.0F;
  float slope = 0.0F;
  float factor = 0.0F;
  float power = 0.0F;
  float low = 0.0F;
  float high = 0.0F;
  float c[terms] = {};

  PANTHER_HD float at(float conductance) const {
    float const safe = larger(conductance, least_conductance);
    float const octaves = log2(safe);
    float const below =
        clamped(fused(factor, exp2(power * octaves), fused(slope, octaves, offset)), low, high);
    float above = fused(c[4], safe, c[3]);  // no loop: loops over devices become vectors
    above = fused(above, safe, c[2]);
    above = fused(above, safe, c[1]);
    above = fused(above, safe, c[0]);
    return chosen(safe < split, below, above);
  }
};

inline StateCurve constant_curve(double value) {
  StateCurve curve;
  curve.c[0] = static_cast<float>(value);
  return curve;
}

/// The coefficients times `unit`, lowest power first; at most StateCurve::terms.
template <class List = std::initializer_list<double>>
StateCurve polynomial_curve(List const& coefficients, double unit = 1.0) {
  StateCurve curve;
  int k = 0;
  for (double const coefficient : coefficients)
    curve.c[k++] = static_cast<float>(coefficient * unit);
  return curve;
}

/// clip(offset + slope ln(c), low, high) below `split`, everywhere by default.
struct LogarithmicPart {
  double slope;
  double offset;
  double low = 0.0;
  double high = std::numeric_limits<float>::max();
  double split = 2.0;
};

inline StateCurve logarithmic_curve(LogarithmicPart const& part, StateCurve above = {}) {
  above.split = static_cast<float>(part.split);
  above.slope = static_cast<float>(part.slope * std::log(2.0));
  above.offset = static_cast<float>(part.offset);
  above.low = static_cast<float>(part.low);
  above.high = static_cast<float>(part.high);
  return above;
}

/// min(factor c^power, high).
inline StateCurve power_curve(double factor, double power, double high) {
  StateCurve curve;
  curve.split = 2.0F;
  curve.factor = static_cast<float>(factor);
  curve.power = static_cast<float>(power);
  curve.high = static_cast<float>(high);
  return curve;
}

}  // namespace panther
