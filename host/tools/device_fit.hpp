// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A device law's parameters from measured pulse trains, with write noise and the spread between
// devices.
//
// Model. Device i changes at pulse k by
//   y_k = D(x_k; p, t_i) + sigma s(x_k, D) e_k,    e_k normal, independent,
// D the emulator's own law with parameters p and the device's factors t_i on slope and
// nonlinearity, s the dependence of one of the kinds of write noise (fit_noise.hpp), and t_i normal
// about 1.
// Pulse-to-pulse changes are fitted, not trajectories: each starts from what was measured, so
// errors do not pile up.
//
// Estimation alternates: weights from the changes predicted last; p and t_i by penalised least
// squares (fit_solver.hpp); sigma and its kind by maximum likelihood from the residuals; the spread
// by maximum likelihood from the devices (fit_spread.hpp). Intervals are 95 % and 99 %, from the
// Jacobian's covariance with devices as a random sample. The log-likelihood that AIC and BIC use is
// the marginal one (Laplace).
//
// Limits. Conductances are taken as exact: noise of reading looks like write noise, and shows as
// negative correlation of successive residuals (reported). Weights ignore that D's error moves
// them. Devices are alike but for slope, nonlinearity and ends.

#include <optional>
#include <string>
#include <vector>

#include "host/tools/fit_data.hpp"

namespace panther {

struct FitRequest {
  std::string law;
  std::vector<std::string> free;  // numbers fitted besides those that the law declares
  std::vector<std::string> fix;   // key=value: of the law, pulses, g_min, g_max (in the table's
                                  // unit), on_off_ratio, write_noise.kind, spread.*
};

struct FittedNumber {
  std::string key;  // as in a configuration's [device], or pulses, g_min, g_max
  std::string unit;
  Estimate estimate;
  bool at_limit = false;  // the least or largest value allowed, where an interval means little
};

struct FittedPulse {
  MeasuredPulse pulse;
  std::size_t train = 0;
  double predicted = 0.0;  // with the device's own factors
  double residual = 0.0;   // in standard deviations
};

struct DeviceFit {
  MeasuredDevice device;  // with noise and spread
  std::vector<FittedNumber> numbers;
  std::vector<FitNumber> fixed;             // numbers of the law that were not fitted
  FittedNumber noise;                       // its strength
  std::vector<WriteNoiseKind> noise_alike;  // kinds that the data do not tell from the device's
  std::vector<FittedNumber> spread;
  std::vector<FittedPulse> pulses;
  std::vector<TraitFactors> factors;  // of each device
  std::size_t degrees = 0;            // numbers estimated in all
  double log_likelihood = 0.0;
  double aic = 0.0;
  double bic = 0.0;
  double residual_rms = 0.0;  // of a pulse, in windows
  double explained = 0.0;     // part of the changes' variance
  double successive = 0.0;    // correlation of successive residuals
};

/// Throws UserError: unknown or contradictory numbers, numbers that the data cannot determine.
DeviceFit fit_device(FitData const& data, FitRequest const& request);

}  // namespace panther
