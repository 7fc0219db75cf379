// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Write noise of measured pulses: of which kind, and how strong.
//
// Every measured change D is one pulse, n = 1 in the formulas of devicemodels/write_noise.hpp. With
// the window R and the conductance w before the pulse, the standard deviation is
//   additive         sigma sqrt(R |D|)          per_pulse        c2c R
//   proportional     sigma sqrt(R |D|) w/R      multiplicative   sigma |D|
//   inverse          sigma sqrt(R |D|) R/w
// The kind is the likeliest. Kinds whose log-likelihood is within 2 of the best (likelihoods within
// a factor 7.4) are not told apart by the data: the first of them in the order of
// write_noise.kind is taken, and the report names the others. Where all steps are of one size,
// additive, per_pulse and multiplicative are one noise, however many pulses a move has.
//
// Limits. On single pulses constant noise is per_pulse noise, and is written so; state_dependent
// noise, which has four numbers, is not fitted.

#include <array>
#include <span>
#include <vector>

#include "host/tools/fit_model.hpp"

namespace panther {

/// The kinds that can be fitted, in the order that decides.
inline constexpr std::array fitted_noise_kinds{
    WriteNoiseKind::additive, WriteNoiseKind::proportional, WriteNoiseKind::inverse,
    WriteNoiseKind::per_pulse, WriteNoiseKind::multiplicative};

/// Standard deviations of pulses with these expected changes, at strength 1, in the measure of the
/// window.
std::vector<double> unit_deviations(MeasuredDevice const& device,
                                    std::span<MeasuredPulse const> pulses,
                                    std::span<double const> changes, WriteNoiseKind kind);

struct NoiseChoice {
  WriteNoiseKind kind = WriteNoiseKind::additive;
  double strength = 1.0;
  std::vector<WriteNoiseKind> alike;  // kinds that the data do not tell from it
};

/// The kind, of `kinds`, and its strength. `freedom`: degrees of freedom of the residuals.
NoiseChoice likely_noise(MeasuredDevice const& device, std::span<MeasuredPulse const> pulses,
                         std::span<double const> changes, double freedom,
                         std::span<WriteNoiseKind const> kinds);

/// Writes the noise into the device's configuration: "off" where it is only the rounding of codes.
/// `unit`: the pulses' unit deviations.
void set_write_noise(MeasuredDevice& device, NoiseChoice const& noise,
                     std::span<double const> unit);

}  // namespace panther
