// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a device law predicts of measured pulses: the change that the emulator's own functor makes
// at the measured conductance, bounds included and noise left out.
//
// A measured pulse is one pulse of a law that knows pulses (aihwkit's, the physical ones). A law
// that takes requests (ideal, exponential, symmetric) is asked for 1 / pulses of the window, where
// `pulses` is a number of the measurement and fitted like the law's.

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "devicemodels/device.hpp"

namespace panther {

/// A device in the window of a measurement.
struct MeasuredDevice {
  DeviceConfig device;
  double pulses = 1.0;  // from G_min to G_max, of a law that takes requests
  double g_min = 0.0;   // in the table's measure: S or windows
  double g_max = 1.0;

  double window() const { return g_max - g_min; }
};

struct MeasuredPulse {
  std::size_t device = 0;
  Direction direction = Direction::up;
  double from = 0.0;
  double change = 0.0;
};

/// Factors of one device: slope up, slope down, bend up, bend down.
using TraitFactors = std::array<double, 4>;

struct DeviceEnds {
  double low = 0.0;
  double high = 1.0;
};

struct FitPopulation {
  std::span<TraitFactors const> factors;  // of each device
  std::span<DeviceEnds const> ends;
};

/// The changes of the pulses, in the measure of the window. Throws std::invalid_argument for
/// contradictory parameters.
std::vector<double> predicted_changes(MeasuredDevice const& device,
                                      std::span<MeasuredPulse const> pulses,
                                      FitPopulation const& population);

/// Pulses for a change by the whole window, as a configuration's c2c_pulses counts them.
double pulses_across(MeasuredDevice const& device);

/// Whether the law takes requests, so that `pulses` is a number to fit.
bool takes_requests(DeviceConfig const& config);

/// One number of a law's parameters, or of the measurement (pulses, g_min, g_max).
struct FitNumber {
  std::string key;  // as in a configuration; elements of a list are key[0], key[1], ...
  std::string unit;
  double lowest = 0.0;
  double highest = 0.0;
};

/// Every number that a law has, in the order of its fields, then those of the measurement.
std::vector<FitNumber> fit_numbers(MeasuredDevice const& device);
double number_of(MeasuredDevice const& device, std::string const& key);
/// An optional number that is off is set.
void set_number(MeasuredDevice& device, std::string const& key, double value);

/// The numbers that a law declares as its fit's own (Params::fitted), lists by their elements;
/// empty if it declares none.
std::vector<std::string> declared_numbers(MeasuredDevice const& device);

}  // namespace panther
