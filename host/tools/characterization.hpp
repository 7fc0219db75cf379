// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a measurement of many devices under identical pulses would show: curves with their spread,
// step size against conductance, symmetry point and noise. The devices move by the same functor as
// in training. Conductances are parts of the window: 0 at G_min, 1 at G_max.

#include <cstdint>
#include <optional>
#include <vector>

#include "devicemodels/device.hpp"
#include "host/tools/pulse_table.hpp"
#include "host/tools/step_at.hpp"

namespace panther {

struct PulseTrains {
  int devices = 400;
  int pulses = 64;  // one pulse asks for 1 / pulses of the window
  std::uint64_t seed = 1;
};

struct MeanAndStd {
  double mean = 0.0;
  double std = 0.0;  // over devices, divisor n - 1; 0 for a single device
};

/// All devices start at G_min (up) or G_max (down), or as near as they can reach.
struct TrainCurve {
  std::vector<MeanAndStd> conductance;    // after 0 .. pulses pulses
  std::optional<int> pulses_to_95;        // of the mean curve, through 95 % of the window
  double cycle_noise = 0.0;               // RMS part of a pulse's change that its device's law does
                                          // not explain: write noise, rounding, clipping
  double device_spread = 0.0;             // std between devices of half a train without noise
  double mean_step = 0.0;                 // of the mean curve, up to 95 % of the way it covers
  double states_by_step = 0.0;            // way of the mean curve in mean steps
  std::optional<double> states_by_noise;  // the same in cycle_noise; absent without noise
};

/// How often a pulse from a part of the window changed it by how much.
struct ChangeMap {
  static constexpr int places = 20;  // equal parts of the window
  static constexpr int sizes = 41;   // equal parts of [-largest, largest]; the ends hold all beyond
  double largest = 0.0;
  std::vector<std::uint64_t> up;  // places x sizes
  std::vector<std::uint64_t> down;
};

struct Characterization {
  TrainCurve up;
  TrainCurve down;
  std::vector<StepAt> steps;             // at 0, 0.05, ..., 1
  std::optional<double> symmetry_point;  // where one pulse up and one down cancel; absent if they
                                         // do so nowhere or everywhere
  ChangeMap changes;
};

/// Emulates the trains. Throws std::invalid_argument for contradictory parameters.
Characterization characterize(DeviceConfig const& config, PulseTrains const& trains);

/// The same trains, each device's up, then down, as a table of measured ones; in windows.
PulseTable emulated_trains(DeviceConfig const& config, PulseTrains const& trains);

}  // namespace panther
