// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random settings of analog reads: any number of effects at once, at any strength.

#include "devicemodels/device.hpp"
#include "kernels/xbar/periphery.hpp"
#include "tests/support/random.hpp"

namespace panther::test {

inline CellReading random_reading(Random& random, double share) {
  CellReading r;
  if (random.chance(share)) r.iv.kind = random.pick<IvKind>({IvKind::neurosim, IvKind::sinh});
  if (random.chance(share)) r.iv.nonlinearity = random.pick<double>({1.0, 3.0, 1e6});
  r.thermal = random.chance(share);
  r.shot = random.chance(share);
  if (random.chance(share)) {
    r.telegraph = {.amplitude = 0.2,
                   .exponent = random.pick<double>({0.0, 1.0}),
                   .amplitude_spread = random.pick<double>({0.0, 0.5}),
                   .share = random.pick<double>({0.3, 1.0}),
                   .occupancy = random.real(0.0, 1.0),
                   .rate = random.pick<double>({1.0, 0.5, 0.1, 0.003}),
                   .rate_decades = random.pick<double>({0.0, 2.0})};
  }
  if (random.chance(share)) {
    r.flicker = {.sigma = 0.05,
                 .exponent = random.pick<double>({0.0, 0.5}),
                 .slowest = random.pick<double>({1.0, 300.0}),
                 .processes = random.whole(1, 5)};
  }
  return r;
}

inline AdcConfig random_adc(Random& random, double share, bool ideal) {
  AdcConfig adc;
  if (random.chance(share)) adc.timing = AdcTiming::accumulated;
  if (ideal) return adc;
  if (random.chance(share)) {
    adc.kind = random.pick<AdcKind>({AdcKind::sign_magnitude, AdcKind::ramp, AdcKind::sar});
  }
  if (random.chance(share) && adc.kind != AdcKind::sar) adc.rounding = AdcRounding::stochastic;
  if (random.chance(share)) adc.gain_std = 0.05;
  if (random.chance(share)) adc.offset_std = 2.0;
  if (random.chance(share) && adc.kind == AdcKind::ramp) adc.slope_std = 0.05;
  if (random.chance(share) && adc.kind == AdcKind::sar) adc.capacitor_std = 0.1;
  if (random.chance(share)) adc.comparator_noise = 0.7;
  return adc;
}

/// `ideal`: of converters of 0 bits.
inline InputScalingConfig random_scaling(Random& random) {
  InputScalingConfig scaling;
  scaling.noise_management = random.pick<NoiseManagement>(
      {NoiseManagement::abs_max, NoiseManagement::max, NoiseManagement::constant,
       NoiseManagement::average_abs_max, NoiseManagement::abs_max_np_sum});
  scaling.limit = random.chance(0.3) ? 1.0 : random.real(0.001, 1.0);
  if (scaling.noise_management == NoiseManagement::abs_max_np_sum) {
    scaling.full_lines = random.pick<double>({0.01, 0.7, 3.0, 20.0, 300.0});
  }
  return scaling;
}

inline AnalogReadConfig random_analog(Random& random, double share, bool ideal) {
  AnalogReadConfig config;
  auto const maybe = [&](double& value, double most) {
    if (random.chance(share)) value = random.real(0.0, most);
  };
  maybe(config.dac.noise, 0.3);
  maybe(config.dac.quadratic, 0.3);
  maybe(config.dac.cubic, 0.3);
  maybe(config.dac.s_shape, 2.0);
  if (random.chance(share)) config.dac.clip = random.real(0.3, 1.0);
  maybe(config.line.noise_spread, 1.0);
  maybe(config.line.offset_std, 0.1);
  maybe(config.line.series_resistance, 1.0);
  maybe(config.line.s_shape, 1.0);
  maybe(config.line.s_shape_spread, 1.0);
  maybe(config.line.slope_calibration, 1.0);
  config.adc = random_adc(random, share, ideal);
  if (random.chance(share)) {
    config.inputs = random_scaling(random);
  }
  return config;
}

}  // namespace panther::test
