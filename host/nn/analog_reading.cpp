// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/analog_reading.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "devicemodels/core/changed_field.hpp"

namespace panther {

namespace {

void refuse_unused(std::string const& table, std::string const& field, ReadMode mode) {
  if (field.empty()) return;
  throw std::invalid_argument(table + "." + field + " has no effect with read.mode = \"" +
                              std::string(enum_name(mode)) +
                              "\": set read.mode = \"analog\", or leave the key out");
}

/// Rounded to the nearest; at least 1.
std::int32_t mean_abs_max(std::span<std::int16_t const> inputs, std::size_t lines) {
  auto const vectors = static_cast<std::int64_t>(inputs.size() / lines);
  std::int64_t sum = 0;
  for (std::size_t first = 0; first < inputs.size(); first += lines) {
    int largest = 0;
    for (std::int16_t const x : inputs.subspan(first, lines)) {
      largest = std::max(largest, std::abs(int{x}));
    }
    sum += largest;
  }
  return static_cast<std::int32_t>(std::max<std::int64_t>((sum + vectors / 2) / vectors, 1));
}

}  // namespace

void check_analog_read(RunConfig const& config) {
  ReadConfig const& read = config.read;
  if (read.mode != ReadMode::analog) {
    refuse_unused("read.analog", changed_field(read.analog), read.mode);
    refuse_unused("device.reading", changed_field(config.device.reading), read.mode);
    return;
  }
  try {
    check_reading(config.device.reading);
  } catch (std::invalid_argument const& error) {
    throw std::invalid_argument(std::string("device.reading.") + error.what());
  }
  try {
    static_cast<void>(analog_constants(read.analog, config.device, make_slicing(config.slicing),
                                       read.dac_bits, read.adc_bits));
  } catch (std::invalid_argument const& error) {
    throw std::invalid_argument(std::string("read.analog.") + error.what());
  }
}

int adc_bits_of(ReadConfig const& config, int slice) {
  std::vector<int> const& own = config.analog.adc.bits_lsb_first;
  return own.empty() ? config.adc_bits : own[static_cast<std::size_t>(slice)];
}

bool averages_inputs(ReadConfig const& config) {
  return config.mode == ReadMode::analog &&
         config.analog.inputs.noise_management == NoiseManagement::average_abs_max;
}

std::vector<std::int32_t> means_abs_max(std::span<std::int16_t const> all, int replicas,
                                        std::size_t inputs, std::size_t lines) {
  std::vector<std::int32_t> means;
  for (std::size_t replica = 0; replica < static_cast<std::size_t>(replicas); ++replica) {
    means.push_back(mean_abs_max(all.subspan(replica * inputs, inputs), lines));
  }
  return means;
}

double largest_sum(ReadConfig const& config, int lines) {
  // Accumulated: the two's complement of all steps, shared by as many capacitors as it has bits.
  double const largest = config.analog.adc.timing == AdcTiming::accumulated
                             ? std::exp2(config.dac_bits - 1)
                             : (1 << config.dac_bits) - 1;
  return lines * 32768.0 * largest;
}

std::int32_t adc_step_for(ReadConfig const& config, Slicing const& slicing, int slice,
                          double half_range) {
  double const whole =
      config.analog.adc.whole_levels ? codes_per_level(slicing.cell_bits[slice]) : 1;
  double const step = std::ceil(2.0 * half_range / std::exp2(adc_bits_of(config, slice)) / whole);
  return static_cast<std::int32_t>(std::clamp(step, 1.0, std::floor(1073741824.0 / whole)) * whole);
}

}  // namespace panther
