// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Devices that are emulated, and what fits should find of them.

#include <map>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "host/run/session.hpp"
#include "host/tools/characterization.hpp"
#include "host/tools/device_fit.hpp"

namespace panther {

struct Truth {
  std::string name;
  std::string device;  // TOML of [device]
  int pulses;          // of a train, and across the window of a law that knows pulses
  std::map<std::string, double> numbers;
  std::vector<std::string> fix;
};

inline std::ostream& operator<<(std::ostream& out, Truth const& truth) { return out << truth.name; }

inline DeviceConfig device_of(Truth const& truth) {
  return parse_run_configuration(truth.device, truth.name).device;
}

inline FitData emulated(Truth const& truth, int devices, std::uint64_t seed) {
  return fit_data(emulated_trains(device_of(truth), {devices, truth.pulses, seed}), {});
}

inline DeviceFit fitted(Truth const& truth, FitData const& data) {
  return fit_device(data, {std::string(law_name(device_of(truth).law)), {}, truth.fix});
}

/// A fifth to a tenth of the steps in these tests, devices that differ by a tenth. Ends open for
/// more keys of [device.spread].
inline std::string const usual_noise = R"(
[device.write_noise]
kind = "additive"
sigma = 0.02
[device.spread]
slope = 0.1
slope_correlation = 0.5
)";

}  // namespace panther
