// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/xbar/analog_constants.hpp"

#include <stdexcept>
#include <string>

namespace panther {

namespace {

constexpr double boltzmann = 1.380649e-23;             // J/K, exact (SI 2019)
constexpr double elementary_charge = 1.602176634e-19;  // C, exact (SI 2019)

InputScaling input_scaling(InputScalingConfig const& c, BoundManagementConfig const& bounds) {
  bool const worst_case = bounds.management == BoundManagement::worst_case;
  bool const by_sum = worst_case || c.noise_management == NoiseManagement::abs_max_np_sum;
  if (c.noise_management == NoiseManagement::off && c.limit != 1.0) {
    throw std::invalid_argument("inputs.limit = " + std::to_string(c.limit) +
                                " has no effect with inputs.noise_management = \"off\"");
  }
  if (!by_sum && c.full_lines != InputScalingConfig{}.full_lines) {
    throw std::invalid_argument("inputs.full_lines = " + std::to_string(c.full_lines) +
                                " has no effect without inputs.noise_management = "
                                "\"abs_max_np_sum\" or bounds.management = \"worst_case\"");
  }
  return {.kind = c.noise_management,
          .limit = static_cast<std::int32_t>(nearest(c.limit * static_cast<double>(full_input))),
          .full_lines = c.full_lines,
          .most_by_sum = most_by_sum(bounds),
          .worst_case = worst_case};
}

DriverConstants driver_constants(DacConfig const& c) {
  DriverConstants k;
  k.shaped = c.clip < 1.0 || c.quadratic != 0.0 || c.cubic != 0.0 || c.s_shape != 0.0;
  k.clip = static_cast<float>(c.clip);
  k.quadratic = static_cast<float>(c.quadratic);
  k.cubic = static_cast<float>(c.cubic);
  k.s_shape = static_cast<float>(c.s_shape);
  k.noise = static_cast<float>(c.noise);
  return k;
}

SensedLineConstants line_constants(SensedLineConfig const& c) {
  SensedLineConstants k;
  double const slope = 1.0 + (c.s_shape + c.series_resistance) * c.slope_calibration;
  k.shaped = c.offset_std > 0.0 || c.series_resistance > 0.0 || c.s_shape > 0.0;
  k.noise_spread = static_cast<float>(c.noise_spread);
  k.offset_std = static_cast<float>(c.offset_std);
  k.series = static_cast<float>(c.series_resistance);
  k.s_shape = static_cast<float>(c.s_shape);
  k.s_shape_spread = static_cast<float>(c.s_shape_spread);
  k.factor = static_cast<float>(slope * slope);
  return k;
}

AdcConstants adc_constants(AdcConfig const& c) {
  AdcConstants k;
  k.kind = c.kind;
  k.stochastic = c.rounding == AdcRounding::stochastic;
  k.accumulated = c.timing == AdcTiming::accumulated;
  k.unequal = c.gain_std > 0.0 || c.offset_std > 0.0 || c.slope_std > 0.0;
  k.draws = k.stochastic || c.comparator_noise > 0.0;
  k.gain_std = static_cast<float>(c.gain_std);
  k.offset_std = static_cast<float>(c.offset_std);
  k.slope_std = static_cast<float>(c.slope_std);
  k.capacitor_std = static_cast<float>(c.capacitor_std);
  k.comparator_noise = static_cast<float>(c.comparator_noise);
  return k;
}

void require_kind(AdcConfig const& config, double value, char const* key, AdcKind kind) {
  if (value == 0.0 || config.kind == kind) return;
  throw std::invalid_argument("adc." + std::string(key) + " = " + std::to_string(value) +
                              " needs adc.kind = \"" + std::string(enum_name(kind)) + "\", not \"" +
                              std::string(enum_name(config.kind)) + "\"");
}

void check_adc(AdcConfig const& c, bool ideal) {
  require_kind(c, c.slope_std, "slope_std", AdcKind::ramp);
  require_kind(c, c.capacitor_std, "capacitor_std", AdcKind::sar);
  if (c.kind == AdcKind::sar && c.rounding == AdcRounding::stochastic) {
    throw std::invalid_argument(
        "adc.rounding = \"stochastic\" with adc.kind = \"sar\" (allowed with \"sar\": "
        "\"nearest\"; use adc.comparator_noise)");
  }
  bool const errs = c.gain_std > 0.0 || c.offset_std > 0.0 || c.slope_std > 0.0 ||
                    c.capacitor_std > 0.0 || c.comparator_noise > 0.0 || c.whole_levels ||
                    c.kind != AdcKind::uniform || c.rounding != AdcRounding::nearest;
  if (ideal && errs) {
    throw std::invalid_argument(
        "adc: errors of converters need converters, but every slice's are ideal (0 bits): set "
        "read.adc_bits or adc.bits_lsb_first, or leave adc as it is");
  }
}

void check_bounds(BoundManagementConfig const& c, bool ideal) {
  static_cast<void>(bound_repeats(c));
  if (c.management == BoundManagement::off || !ideal) return;
  throw std::invalid_argument(
      "bounds.management = \"" + std::string(enum_name(c.management)) +
      "\" needs converters, but every slice's are ideal (0 bits): set read.adc_bits or "
      "adc.bits_lsb_first, or set it to \"off\"");
}

/// Noise in physical units, in codes^2 of a sum of codes times input digits.
void set_physical_noise(AnalogConstants& k, DeviceConfig const& device, Slicing const& slicing,
                        double largest_digit) {
  CellReading const& r = device.reading;
  k.thermal = r.thermal;
  k.shot = r.shot;
  for (int slice = 0; slice < slicing.slices; ++slice) {
    double const code = device.g_max * (1.0 - 1.0 / device.on_off_ratio) /
                        window_range(slicing.cell_bits[slice]);  // S
    double const step_volts = r.read_voltage / largest_digit;
    double const unit = code * step_volts;  // A
    k.thermal_codes[slice] =
        r.thermal ? 4.0 * boltzmann * r.temperature * r.bandwidth * code / (unit * unit) : 0.0;
    k.shot_codes[slice] = r.shot ? 2.0 * elementary_charge * r.bandwidth / unit : 0.0;
  }
}

}  // namespace

void set_adc_bits(AdcConfig const& config, int adc_bits, Slicing const& slicing,
                  std::int8_t (&bits)[max_slices]) {
  std::vector<int> const& own = config.bits_lsb_first;
  auto const slices = static_cast<std::size_t>(slicing.slices);
  if (!own.empty() && own.size() != slices) {
    throw std::invalid_argument("adc.bits_lsb_first has " + std::to_string(own.size()) +
                                " entries (must have one for each of the " +
                                std::to_string(slices) + " slices, or none)");
  }
  for (std::size_t slice = 0; slice < slices; ++slice) {
    int const value = own.empty() ? adc_bits : own[slice];
    if (value == 1) {
      throw std::invalid_argument("adc.bits_lsb_first[" + std::to_string(slice) +
                                  "] = 1 (must be 0 for an ideal converter, or lie in [2, 16])");
    }
    bits[slice] = static_cast<std::int8_t>(value);
  }
}

AnalogConstants analog_constants(AnalogReadConfig const& config, DeviceConfig const& device,
                                 Slicing const& slicing, int dac_bits, int adc_bits) {
  AnalogConstants k;
  int const largest_digit = (1 << dac_bits) - 1;
  set_adc_bits(config.adc, adc_bits, slicing, k.adc_bits);
  bool ideal = true;
  for (int slice = 0; slice < slicing.slices; ++slice) ideal &= k.adc_bits[slice] == 0;
  check_adc(config.adc, ideal);
  check_bounds(config.bounds, ideal);
  k.inputs = input_scaling(config.inputs, config.bounds);
  k.driver = driver_constants(config.dac);
  k.line = line_constants(config.line);
  k.adc = adc_constants(config.adc);
  k.cell = cell_read_constants(device.reading, largest_digit);
  set_physical_noise(k, device, slicing, largest_digit);
  k.relative = device.read_noise.relative > 0.0;
  k.noisy = k.relative || device.read_noise.line > 0.0 || k.thermal || k.shot;
  return k;
}

}  // namespace panther
