// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The numbers that a fit moves, as coordinates in which a step of one is large and the model is
// smooth.
//
// A number whose range has one sign (dw_min, pulses, k_on) moves by its logarithm, g_min and g_max
// by parts of the first window, all others as they are. A step with its asymmetry (dw_min, up_down;
// pow_gamma, pow_up_down) has a kink at asymmetry 0, where it changes from one direction to the
// other: if both are free, the two directions' values move instead.

#include <functional>
#include <string>
#include <vector>

#include "host/tools/fit_model.hpp"

namespace panther {

struct FitCoordinate {
  std::function<double(MeasuredDevice const&)> get;
  std::function<void(MeasuredDevice&, double)> set;
  double lowest = 0.0;
  double highest = 0.0;
};

/// Coordinates of the free numbers, as many as keys; `start` gives the first window.
std::vector<FitCoordinate> fit_coordinates(MeasuredDevice const& start,
                                           std::vector<std::string> const& keys);

}  // namespace panther
