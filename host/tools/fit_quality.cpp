// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_quality.hpp"

#include <cmath>
#include <numbers>

namespace panther {

namespace {

double log_likelihood(DeviceFit const& fit, std::vector<double> const& deviations) {
  double sum = 0.0;
  for (std::size_t i = 0; i < fit.pulses.size(); ++i) {
    double const residual = fit.pulses[i].residual;
    sum -= 0.5 *
           (std::log(2.0 * std::numbers::pi) + 2.0 * std::log(deviations[i]) + residual * residual);
  }
  return sum;
}

/// Of pulses that follow each other in a train, relative to the residuals' mean square.
double successive_correlation(std::vector<FittedPulse> const& pulses) {
  double squares = 0.0;
  double products = 0.0;
  double pairs = 0.0;
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    squares += pulses[i].residual * pulses[i].residual;
    if (i == 0 || pulses[i - 1].train != pulses[i].train) continue;
    products += pulses[i].residual * pulses[i - 1].residual;
    pairs += 1.0;
  }
  if (pairs == 0.0 || squares == 0.0) return 0.0;
  return products / pairs / (squares / static_cast<double>(pulses.size()));
}

}  // namespace

void judge_fit(DeviceFit& fit, std::vector<double> const& deviations, double penalty) {
  auto const count = static_cast<double>(fit.pulses.size());
  double mean = 0.0;
  double left = 0.0;
  double variance = 0.0;
  for (FittedPulse const& pulse : fit.pulses) mean += pulse.pulse.change / count;
  for (FittedPulse const& pulse : fit.pulses) {
    left += std::pow(pulse.pulse.change - pulse.predicted, 2);
    variance += std::pow(pulse.pulse.change - mean, 2);
  }
  auto const degrees = static_cast<double>(fit.degrees);
  fit.log_likelihood = log_likelihood(fit, deviations) - 0.5 * penalty;
  fit.aic = 2.0 * degrees - 2.0 * fit.log_likelihood;
  fit.bic = degrees * std::log(count) - 2.0 * fit.log_likelihood;
  fit.residual_rms = std::sqrt(left / count) / fit.device.window();
  fit.explained = variance > 0.0 ? 1.0 - left / variance : 0.0;
  fit.successive = successive_correlation(fit.pulses);
}

}  // namespace panther
