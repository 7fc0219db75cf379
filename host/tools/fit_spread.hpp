// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Device-to-device spread from what each device's pulses say of its traits.
//
// Traits deviate from 1 as normals of covariance O: slopes of one variance and a correlation, bends
// of one variance. With A the information matrix of a device and m = A times its linearised
// estimate, the log-likelihood of O is the sum over devices of
//   -1/2 (log |O| + log |A + O^-1| - m' (A + O^-1)^-1 m),
// climbed by expectation maximisation: O is the mean of (A + O^-1)^-1 and the outer product of the
// posterior means. The parameters that devices share are fitted from the same data and take one
// device's worth: the mean divides by n - 1. Errors are those of the likelihood's curvature.

#include <cstddef>
#include <vector>

#include "host/tools/fit_data.hpp"
#include "host/tools/fit_solver.hpp"

namespace panther {

/// Variances and correlation of the traits of a population.
struct TraitSpread {
  double slope = 0.01;
  double correlation = 0.0;
  double bend = 0.01;
};

/// Which trait stands where: slopes first (one of each fitted direction), then bends.
struct TraitLayout {
  std::size_t slopes = 0;
  std::size_t bends = 0;
  std::size_t count() const { return slopes + bends; }
};

/// Inverse covariance, count x count.
std::vector<double> precision_of(TraitSpread const& spread, TraitLayout const& layout);

/// The most likely spread, from a start.
TraitSpread likely_spread(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                          TraitSpread start);

struct SpreadErrors {
  double slope = 0.0;        // of the variance
  double correlation = 0.0;  // of its inverse hyperbolic tangent
  double bend = 0.0;
};
SpreadErrors spread_errors(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                           TraitSpread const& spread);

/// The variance above the likely one (a member of TraitSpread) at which the log-likelihood has
/// fallen by z^2 / 2: the upper end of an interval where the curvature says nothing, at zero.
double upper_variance(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                      TraitSpread const& spread, double TraitSpread::*variance, double z);

/// Sum over devices of log |O (A + O^-1)|, which a likelihood pays for free traits.
double trait_volume(std::vector<TraitInformation> const& devices, TraitLayout const& layout,
                    TraitSpread const& spread);

}  // namespace panther
