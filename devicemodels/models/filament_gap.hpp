// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Filament gap: the Stanford-PKU model of metal-oxide RRAM (Guan, Yu, Wong, IEEE Electron Device
// Lett. 33(10), 2012; Jiang, Yu, Wu, Engel, Guan, Wong, SISPAD 2014).
//
// The tip of a filament stands a gap g before the electrode:
//   I = I0 exp(-g / g0) sinh(V / V0),      T = T0 + R_th |V I|
//   dg/dt = -v0 exp(-Ea / kT) sinh(gamma (a0 / t_ox) q V / kT)
//   gamma = gamma0 - beta (g / nm)^alpha
// and no drift where gamma |V| / t_ox < F_min. V > 0 closes the gap (SET), V < 0 opens it (RESET).
// The conductance at a given read voltage goes with exp(-g / g0), so the window, gap_max to
// gap_min, has the ratio exp((gap_max - gap_min) / g0).
//
// A pulse's change is its waveform's integral of dg/dt at the gap it finds (edges by Simpson's
// rule), and n pulses follow the flow of that (core/rate_flow.hpp), which composes and is exact for
// a rectangular pulse of any length. Relative to a Runge-Kutta solution in double a train of
// rectangular pulses ends within 1e-5 windows (tests/devicemodels/physical_laws_test.cpp); one with
// edges differs by the part by which a pulse changes its own rate.
//
// Defaults are those of the model's published Verilog-A code, version 1.0.0 (Jiang and Wong,
// nanoHUB, doi 10.4231/D37H1DN48), as other codes quote them; gamma0 of RESET is fixed at 16 there.
// Window (there 0.2 to 1.7 nm) and pulses are ours: some 100 pulses across it. Deviations: the
// temperature is the steady one (the published time constant is 0.23 ns); no compliance, and no
// random drift: use write noise. A gap where a pulse's field falls below F_min is refused. Slope
// scales the rate; a bend changes nothing.

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include "devicemodels/core/rate_flow.hpp"
#include "devicemodels/core/waveform.hpp"

namespace panther {

struct FilamentGap : RateFlow {
  struct Params : PulseWaveform {
    static constexpr std::string_view name = "filament_gap";
    static constexpr std::string_view doc =
        "a filament's gap closes and opens by field and heat (Stanford-PKU)";
    static constexpr std::array<std::string_view, 2> fitted = {"gamma_set", "gamma_reset"};
    double gap_min_nm = 0.2;
    double gap_max_nm = 0.9;
    double g0_nm = 0.25;
    double v0 = 0.25;
    double i0 = 1e-3;
    double velocity = 10.0;
    double activation_ev = 0.6;
    double gamma_set = 16.0;
    double gamma_reset = 16.0;
    double beta = 0.8;
    double alpha = 3.0;
    double spacing_nm = 0.25;
    double thickness_nm = 12.0;
    double least_field = 1.4;
    double ambient = 298.0;
    double thermal_resistance = 2100.0;

    Params() {
      set_voltage = 1.1;
      set_width_ns = 5.0;
      reset_voltage = 1.1;
      reset_width_ns = 5.0;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      visit("gap_min_nm", self.gap_min_nm,
            Field{.unit = "nm", .doc = "gap at the highest conductance", .lo = 0, .hi = 10});
      visit("gap_max_nm", self.gap_max_nm,
            Field{.unit = "nm", .doc = "gap at the lowest conductance", .lo = 0.01, .hi = 10});
      visit("g0_nm", self.g0_nm,
            Field{.unit = "nm", .doc = "gap that divides the current by e", .lo = 0.01, .hi = 10});
      visit("v0", self.v0,
            Field{.unit = "V", .doc = "voltage of the current's sinh", .lo = 0.05, .hi = 10});
      visit("i0", self.i0,
            Field{.unit = "A", .doc = "current's factor (heats the filament)", .lo = 0, .hi = 1});
      visit("velocity", self.velocity,
            Field{.unit = "m/s", .doc = "drift without a barrier", .lo = 1e-6, .hi = 1e9});
      visit("activation_ev", self.activation_ev,
            Field{.unit = "eV", .doc = "barrier of drift", .lo = 0, .hi = 5});
      visit("gamma_set", self.gamma_set,
            Field{.unit = "1", .doc = "local enhancement of the field in SET", .lo = 1, .hi = 100});
      visit("gamma_reset", self.gamma_reset,
            Field{.unit = "1", .doc = "and in RESET", .lo = 1, .hi = 100});
      visit(
          "beta", self.beta,
          Field{
              .unit = "1", .doc = "loss of the enhancement at a gap of 1 nm", .lo = 0, .hi = 100});
      visit("alpha", self.alpha,
            Field{.unit = "1", .doc = "power of the gap in that loss", .lo = 0, .hi = 10});
      visit("spacing_nm", self.spacing_nm,
            Field{.unit = "nm", .doc = "distance of a hop, a0", .lo = 0.01, .hi = 2});
      visit("thickness_nm", self.thickness_nm,
            Field{.unit = "nm", .doc = "thickness of the oxide", .lo = 0.5, .hi = 100});
      visit("least_field", self.least_field,
            Field{.unit = "V/nm", .doc = "field below which nothing drifts", .lo = 0, .hi = 10});
      visit("ambient", self.ambient,
            Field{.unit = "K", .doc = "temperature without current", .lo = 200, .hi = 600});
      visit("thermal_resistance", self.thermal_resistance,
            Field{.unit = "K/W", .doc = "heating by the power of a pulse", .lo = 0, .hi = 1e8});
      PulseWaveform::fields(self, visit);
    }

    double gap_range() const { return gap_max_nm - gap_min_nm; }

    /// Local enhancement of the field.
    double enhancement(double gap_nm, bool up) const {
      return (up ? gamma_set : gamma_reset) - beta * std::pow(gap_nm, alpha);
    }

    /// Voltage below which nothing drifts at a gap where the enhancement is positive.
    double least_voltage(double gap_nm, bool up) const {
      return least_field * thickness_nm / enhancement(gap_nm, up);
    }

    /// Magnitude of dg/dt in nm/ns (m/s), at most 1e9, at a voltage above the least one.
    double drift(double gap_nm, double volt, bool up) const {
      double const current = i0 * std::exp(-gap_nm / g0_nm) * std::sinh(volt / v0);
      double const boltzmann = 8.617333262e-5;  // eV/K, CODATA 2018
      double const thermal = boltzmann * (ambient + thermal_resistance * volt * current);
      double const lowering = enhancement(gap_nm, up) * spacing_nm / thickness_nm * volt;
      double const exponent = (lowering - activation_ev) / thermal;
      double const forward = std::exp(std::min(exponent, 200.0));
      return std::min(0.5 * velocity * forward * -std::expm1(-2.0 * lowering / thermal), 1e9);
    }

    /// nm that one pulse drifts by at a gap.
    double drift_of_pulse(double gap_nm, bool up) const {
      double const volt = up ? set_voltage : reset_voltage;
      double const flat = drift(gap_nm, volt, up) * (up ? set_width_ns : reset_width_ns);
      return edge_ns == 0.0 ? flat : flat + 2.0 * drift_of_edge(gap_nm, volt, up);
    }

   private:
    /// Simpson's rule in y of v = volt - span y^2, where the drift is smooth.
    double drift_of_edge(double gap_nm, double volt, bool up) const {
      constexpr int intervals = 16;
      double const span = volt - least_voltage(gap_nm, up);
      double sum = 2.0 * drift(gap_nm, volt - span, up);
      for (int i = 1; i < intervals; ++i) {
        double const y = static_cast<double>(i) / intervals;
        sum += (i % 2 == 0 ? 2.0 : 4.0) * 2.0 * y * drift(gap_nm, volt - span * y * y, up);
      }
      return edge_ns * span / volt * sum / (3.0 * intervals);
    }
  };

  static void check(Params const& p) {
    double const ratio = std::exp(p.gap_range() / p.g0_nm);
    if (!(ratio >= 1.01 && ratio <= 1e5)) {
      throw std::invalid_argument(
          "gap_min_nm, gap_max_nm and g0_nm: the ratio of conductances, exp((gap_max_nm - "
          "gap_min_nm) / g0_nm), is " +
          std::to_string(ratio) + " (must lie in [1.01, 1e5])");
    }
    for (bool const up : {true, false}) {
      double const volt = up ? p.set_voltage : p.reset_voltage;
      double const field = p.enhancement(p.gap_max_nm, up) * volt / p.thickness_nm;
      if (field >= p.least_field && field > 0.0) continue;
      throw std::invalid_argument(
          std::string(up ? "set_voltage" : "reset_voltage") + ": at gap_max_nm the field is " +
          std::to_string(field) + " V/nm (must be positive and at least least_field, " +
          std::to_string(p.least_field) + "): raise the voltage or lower gap_max_nm");
    }
  }

  static Constants prepare(Params const& params, int cell_bits) {
    check(params);
    double const range = params.gap_range();
    double const doublings = range / params.g0_nm / std::log(2.0);
    Constants k{};
    k.pulses = 1.0F;
    k.gain = static_cast<float>(std::expm1(range / params.g0_nm));
    k.doublings = static_cast<float>(doublings);
    fill(k, true, [&](double z) {
      return params.drift_of_pulse(params.gap_max_nm - z * range, true) / range;
    });
    fill(k, false, [&](double z) {
      return params.drift_of_pulse(params.gap_min_nm + z * range, false) / range;
    });
    Traits window;
    window.high = 1.0F;
    double const up = moved(k, window, 0.5F, 1.0F, Direction::up);
    double const down = moved(k, window, 0.5F, 1.0F, Direction::down);
    double const mid_step = 0.5 * (std::min(up, 0.5) + std::min(-down, 0.5));
    k.pulses = static_cast<float>(params.pulses_per_step(mid_step, cell_bits));
    return k;
  }
};

}  // namespace panther
