// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Measured pulses made ready for a fit: the window, each device's ends, and the pulses that say
// something about a law.
//
// Ends. A device's low end is where its trains up start, its high end where its trains down start
// (means over trains); without trains of that polarity, where the others end. G_min and G_max are
// the means over devices, unless given. The emulator's devices cannot leave the nominal window
// (window spread only takes away): an end is max(s z, 0) inside it, z normal. So where ten devices
// or more have ends that vary, s is sd / 0.5838 and the nominal end lies 0.3989 s outside the mean
// end, which gives emulated devices the measured mean and deviation; with a given window s^2 is
// twice the mean square.
//
// Clipped pulses. A device stops at its bounds, and what noise would have done beyond them is lost:
// a pulse counts only where its expected change and three deviations stay inside. Expectation and
// deviation are those of the data themselves, a straight line through the changes of pulses of like
// conductance, so that every law is fitted to the same pulses and likelihoods can be compared.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/tools/fit_intervals.hpp"
#include "host/tools/fit_model.hpp"
#include "host/tools/pulse_table.hpp"

namespace panther {

/// Devices from which on differences between them are fitted.
inline constexpr std::size_t least_devices = 10;

struct FitData {
  std::string source;
  bool in_siemens = true;
  std::string unit;
  double unit_size = 1.0;
  std::vector<MeasuredPulse> pulses;  // that count, device by device
  std::vector<std::size_t> train_of;  // of each
  std::vector<DeviceEnds> ends;       // of each device
  Estimate g_min;
  Estimate g_max;
  std::optional<Estimate> window_spread;  // windows; absent if the ends are alike or too few
  std::size_t devices = 0;
  std::size_t trains = 0;
  std::size_t measured = 0;  // pulses, with those that do not count
  std::size_t longest = 0;   // pulses of the longest train
};

/// `window`: G_min and G_max in the table's measure. Throws UserError if no window or too few
/// pulses are left.
FitData fit_data(PulseTable const& table, std::optional<std::pair<double, double>> const& window);

/// Part of `data` whose devices are kept; for cross-validation.
FitData part_of(FitData const& data, std::vector<bool> const& keep_device);

}  // namespace panther
