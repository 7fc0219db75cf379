// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The pulses that drive a physical law, whose state follows a voltage in time: trapezoids, one
// shape that raises the conductance (SET) and one that lowers it (RESET). Polarity is the law's.
//
// The window of the cell is the device's own: its lowest to its highest conductance. A request of
// the whole window is carried out by `pulses` pulses, a level step by its part of them, whole or
// not. A device whose window is smaller (a trait) is the same device seen through a smaller window.

#include <algorithm>
#include <optional>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/window.hpp"

namespace panther {

/// A part of every physical law's Params.
struct PulseWaveform {
  double set_voltage = 1.0;
  double set_width_ns = 10.0;
  double reset_voltage = 1.0;
  double reset_width_ns = 10.0;
  double edge_ns = 0.0;
  std::optional<double> pulses;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("set_voltage", self.set_voltage,
          Field{.unit = "V",
                .doc = "amplitude of a pulse that raises the conductance",
                .lo = 0.01,
                .hi = 10});
    visit("set_width_ns", self.set_width_ns,
          Field{.unit = "ns", .doc = "time that it stays at its amplitude", .lo = 1e-3, .hi = 1e9});
    visit("reset_voltage", self.reset_voltage,
          Field{.unit = "V",
                .doc = "amplitude of a pulse that lowers the conductance",
                .lo = 0.01,
                .hi = 10});
    visit("reset_width_ns", self.reset_width_ns,
          Field{.unit = "ns", .doc = "time that it stays at its amplitude", .lo = 1e-3, .hi = 1e9});
    visit("edge_ns", self.edge_ns,
          Field{.unit = "ns", .doc = "rise and fall time of a pulse, each", .lo = 0, .hi = 1e9});
    visit("pulses", self.pulses,
          Field{.unit = "pulses",
                .doc = "pulses for a change by the whole window; off: as many as the mean of the "
                       "steps up and down at mid-window calls for",
                .lo = 1e-3,
                .hi = 1e12});
  }

  /// Pulses of one level step. `mid_step`: mean of the steps up and down at mid-window, windows.
  double pulses_per_step(double mid_step, int cell_bits) const {
    return pulses.value_or(1.0 / std::max(mid_step, 1e-12)) / levels_in_window(cell_bits);
  }
};

}  // namespace panther
