// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Least squares for a population of devices: parameters that all devices share, and a few traits of
// each device that are drawn around zero.
//
// Minimised over the parameters u and the deviations d_i of every device's traits:
//   sum of r_k(u, d_i)^2  +  sum over devices of d_i' precision d_i,
// residuals r in units of their standard deviation, `precision` the inverse covariance of the
// traits. That is the penalised step of a nonlinear mixed-effects model (Lindstrom and Bates,
// Biometrics 46, 1990). The normal equations are an arrow, a block for each device beside the
// parameters', so each iteration costs a few passes over the residuals and small solves, however
// many devices there are; a dense Levenberg-Marquardt (Eigen's or MINPACK's) would solve for all
// traits at once. Damping after Marquardt, derivatives by central differences wide enough for laws
// computed in float32.

#include <cstddef>
#include <functional>
#include <vector>

namespace panther {

struct FitProblem {
  /// Fills the residuals for parameters and deviations (device * traits + trait); false where the
  /// parameters contradict each other.
  using Residuals =
      std::function<bool(std::vector<double> const& parameters,
                         std::vector<double> const& deviations, std::vector<double>& residuals)>;
  Residuals residuals;
  std::vector<std::size_t> device_of;  // of each residual, those of a device together
  std::size_t devices = 1;
  std::size_t traits = 0;
  std::vector<double> precision;  // traits x traits
  std::vector<double> lowest;     // of each parameter
  std::vector<double> highest;
};

/// What one device's pulses say of its traits, linearised: the information matrix and what it
/// weighs, information * estimate.
struct TraitInformation {
  std::vector<double> information;  // traits x traits
  std::vector<double> weighed;
};

struct FitSolution {
  std::vector<double> parameters;
  std::vector<double> deviations;
  double cost = 0.0;     // penalty included
  double squares = 0.0;  // without it
  int iterations = 0;
  std::vector<double> covariance;  // of the parameters, traits being random; empty if singular
  /// Parameters that only a combination of is determined, most involved first; empty if all are.
  std::vector<std::size_t> undetermined;
  std::vector<TraitInformation> of_device;
  double trait_freedom = 0.0;  // effective number of deviations fitted
};

/// Iterates from the given start until the cost settles. Throws std::invalid_argument if the start
/// is not allowed.
FitSolution solve(FitProblem const& problem, std::vector<double> parameters,
                  std::vector<double> deviations, int most_iterations);

}  // namespace panther
