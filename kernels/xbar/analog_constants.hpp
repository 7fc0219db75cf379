// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What kernels know of analog reads, derived from the configuration.

#include <cstdint>

#include "devicemodels/device.hpp"
#include "devicemodels/reading.hpp"
#include "kernels/xbar/converters.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther {

/// One per replica; trivially copyable.
struct AnalogConstants {
  InputScaling inputs;
  DriverConstants driver;
  CellReadConstants cell;
  SensedLineConstants line;
  AdcConstants adc;
  bool noisy = false;     // any Gaussian noise of devices or lines
  bool relative = false;  // device.read_noise.relative
  bool thermal = false;
  bool shot = false;
  double thermal_codes[max_slices] = {};  // codes^2 of variance for each code of conductance
  double shot_codes[max_slices] = {};     // the same for each code driven by one input step
  std::int8_t adc_bits[max_slices] = {};  // 0: ideal

  /// Voltages of the lines are other than their digits.
  PANTHER_HD bool driven() const {
    return driver.shaped || driver.noise != 0.0F || cell.iv != IvKind::linear;
  }
  /// Properties of converters and lines that are drawn once.
  PANTHER_HD bool traits() const { return adc.unequal || line.shaped || line.noise_spread != 0.0F; }
};

/// Bits of each slice's converter. Throws std::invalid_argument, naming the keys below `read`.
void set_adc_bits(AdcConfig const& config, int adc_bits, Slicing const& slicing,
                  std::int8_t (&bits)[max_slices]);

/// Throws std::invalid_argument, naming the keys, for parameters that contradict each other.
AnalogConstants analog_constants(AnalogReadConfig const& config, DeviceConfig const& device,
                                 Slicing const& slicing, int dac_bits, int adc_bits);

}  // namespace panther
