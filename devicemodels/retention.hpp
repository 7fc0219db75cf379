// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What time does to devices that nobody writes, as the user says it; aging.hpp has the physics.
//
// Time passes on an emulated clock, seconds_per_example a training example, and acts in passes over
// all devices: every `every` examples, batches or epochs by what has passed since the pass before.
// Or once, before a test: wait_s. It counts from the start of the run (from programming, for a test
// of a run without passes), not from a device's last write. A temperature other than the reference
// makes the clock run faster by exp(E_a / k (1 / T_ref - 1 / T)), for every effect alike.

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/node_curve.hpp"
#include "devicemodels/core/state_curve.hpp"

namespace panther {

enum class AgeUnit : std::uint8_t { examples, batches, epochs };
template <>
struct EnumNames<AgeUnit> {
  static constexpr std::array values{std::pair{AgeUnit::examples, std::string_view{"examples"}},
                                     std::pair{AgeUnit::batches, std::string_view{"batches"}},
                                     std::pair{AgeUnit::epochs, std::string_view{"epochs"}}};
};

enum class DriftModel : std::uint8_t {
  off,
  power,
  pcm,
  hermes_1,
  hermes_2,
  reram_cmo,
  state_independent,
  table
};
template <>
struct EnumNames<DriftModel> {
  static constexpr std::array values{
      std::pair{DriftModel::off, std::string_view{"off"}},
      std::pair{DriftModel::power, std::string_view{"power"}},
      std::pair{DriftModel::pcm, std::string_view{"pcm"}},
      std::pair{DriftModel::hermes_1, std::string_view{"hermes_1"}},
      std::pair{DriftModel::hermes_2, std::string_view{"hermes_2"}},
      std::pair{DriftModel::reram_cmo, std::string_view{"reram_cmo"}},
      std::pair{DriftModel::state_independent, std::string_view{"state_independent"}},
      std::pair{DriftModel::table, std::string_view{"table"}}};
};

/// [device.retention]
struct Retention {
  int every = 0;
  AgeUnit unit = AgeUnit::batches;
  double seconds_per_example = 1.0;
  std::optional<double> wait_s;
  bool read_noise = true;
  double lifetime_s = 0.0;
  double lifetime_spread = 0.0;
  double rest = 0.0;
  double rest_spread = 0.0;
  double diffusion = 0.0;
  double diffusion_spread = 0.0;
  double loss_per_decade = 0.0;
  DriftModel drift = DriftModel::off;
  double nu = 0.05;
  double nu_spread = 0.0;
  double nu_state = 0.0;
  double onset_s = 1.0;
  double activation_energy_ev = 0.0;
  double temperature_k = 300.0;
  double reference_temperature_k = 300.0;
  std::vector<double> nu_at;
  std::vector<double> nu_mean;
  std::vector<double> nu_deviation;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    clock_fields(self, visit);
    decay_fields(self, visit);
    drift_fields(self, visit);
  }

 private:
  template <class Self, class Visitor>
  static void clock_fields(Self& self, Visitor& visit) {
    visit("every", self.every,
          Field{.doc = "units between passes in which devices age while training; 0: they do not",
                .lo = 0,
                .hi = 1e9});
    visit("unit", self.unit, Field{.doc = "what every counts"});
    visit("seconds_per_example", self.seconds_per_example,
          Field{.unit = "s",
                .doc = "emulated time that training on an example takes",
                .lo = 0,
                .hi = 1e9});
    visit("wait_s", self.wait_s,
          Field{.unit = "s",
                .doc = "tests, and panther eval, see the devices after this time; off: at once and "
                       "without the drift model's read noise",
                .lo = 0,
                .hi = 1e12});
    visit("read_noise", self.read_noise,
          Field{.doc = "after wait_s devices also read with the 1/f noise of the drift model"});
    visit("activation_energy_ev", self.activation_energy_ev,
          Field{.unit = "eV", .doc = "Arrhenius activation of the clock", .lo = 0, .hi = 10});
    visit("temperature_k", self.temperature_k,
          Field{.unit = "K", .doc = "temperature of the devices", .lo = 1, .hi = 2000});
    visit(
        "reference_temperature_k", self.reference_temperature_k,
        Field{.unit = "K", .doc = "temperature that the other keys hold for", .lo = 1, .hi = 2000});
  }

  template <class Self, class Visitor>
  static void decay_fields(Self& self, Visitor& visit) {
    visit("lifetime_s", self.lifetime_s,
          Field{.unit = "s",
                .doc = "time constant of the exponential decay to the rest level; 0: none",
                .lo = 0,
                .hi = 1e15});
    visit("lifetime_spread", self.lifetime_spread,
          Field{.unit = "1", .doc = "relative std of the lifetime over devices", .lo = 0, .hi = 1});
    visit("rest", self.rest,
          Field{.unit = "window", .doc = "rest level, counted from level 0", .lo = -1, .hi = 1});
    visit("rest_spread", self.rest_spread,
          Field{.unit = "window", .doc = "std of the rest level over devices", .lo = 0, .hi = 1});
    visit("loss_per_decade", self.loss_per_decade,
          Field{.unit = "window",
                .doc = "way to the rest level in every tenfold of time since onset_s",
                .lo = 0,
                .hi = 1});
    visit("diffusion", self.diffusion,
          Field{.unit = "window/sqrt(s)", .doc = "std of the random walk", .lo = 0, .hi = 10});
    visit(
        "diffusion_spread", self.diffusion_spread,
        Field{
            .unit = "1", .doc = "relative std of the walk's steps over devices", .lo = 0, .hi = 2});
  }

  template <class Self, class Visitor>
  static void drift_fields(Self& self, Visitor& visit) {
    visit("drift", self.drift,
          Field{.doc = "power: G falls with time to the power -nu; table: nu by G, with the read "
                       "noise of pcm; or a published model"});
    visit("nu", self.nu, Field{.unit = "1", .doc = "power: the exponent", .lo = 0, .hi = 10});
    visit("nu_spread", self.nu_spread,
          Field{.unit = "1", .doc = "power: relative std of nu over devices", .lo = 0, .hi = 10});
    visit("nu_state", self.nu_state,
          Field{.unit = "1",
                .doc = "power: nu rises by this for every e-fold of G below G_max",
                .lo = -10,
                .hi = 10});
    visit("nu_at", self.nu_at,
          Field{.unit = "G_max",
                .doc = "table: ascending conductances over the highest one, 1 to 8",
                .lo = 0,
                .hi = 1});
    visit(
        "nu_mean", self.nu_mean,
        Field{
            .unit = "1", .doc = "table: mean exponent at each, linear between", .lo = 0, .hi = 10});
    visit("nu_deviation", self.nu_deviation,
          Field{.unit = "1", .doc = "table: its std over devices, likewise", .lo = 0, .hi = 10});
    visit("onset_s", self.onset_s,
          Field{.unit = "s",
                .doc = "time from which power drift and loss_per_decade count",
                .lo = 1e-12,
                .hi = 1e12});
  }
};

/// Mean and standard deviation over devices of a drift exponent, by c = G / G_max.
struct DriftExponent {
  StateCurve mean;
  StateCurve deviation;
};

/// aihwkit's fits: PCMLikeNoiseModel (Nandakumar et al., ICECS 2019) and HermesNoiseModel (Le Gallo
/// et al., Nat. Electron. 2023), in natural logarithms of c; StateIndependentNoiseModel's defaults.
inline DriftExponent drift_exponent(Retention const& retention) {
  switch (retention.drift) {
    case DriftModel::off:
    case DriftModel::reram_cmo:  // relaxes by steps that do not depend on the state
    case DriftModel::table:      // DriftTable
      return {};
    case DriftModel::state_independent:
      return {constant_curve(0.1), constant_curve(0.05)};
    case DriftModel::power:
      return {logarithmic_curve({.slope = -retention.nu_state, .offset = retention.nu}),
              constant_curve(retention.nu * retention.nu_spread)};
    case DriftModel::pcm:
      return {logarithmic_curve({-0.0155, 0.0244, 0.049, 0.1}),
              logarithmic_curve({-0.0125, -0.0059, 0.008, 0.045})};
    case DriftModel::hermes_1:
    case DriftModel::hermes_2:
      break;
  }
  StateCurve const mean = logarithmic_curve({-0.0387, -0.0182, 0.0720, 0.13, 0.0945},
                                            polynomial_curve({0.0736, -0.0126, -0.0436}));
  if (retention.drift == DriftModel::hermes_1) {
    return {mean, logarithmic_curve({-0.0120, -0.0023, 0.0124, 0.04, 0.3039},
                                    polynomial_curve({0.0104, 0.0116, -0.0165}))};
  }
  return {mean, logarithmic_curve({-0.0117, -0.0057, 0.0091, 0.04, 0.3055},
                                  polynomial_curve({0.0073, 0.0093, -0.0118}))};
}

/// The same of drift = "table" (aihwkit's CustomDriftPCMLikeNoiseModel).
struct DriftTable {
  NodeCurve mean;
  NodeCurve deviation;
};

/// Throws std::invalid_argument, naming the key, for lists that are no table.
inline DriftTable drift_table(Retention const& retention) {
  check_nodes(retention.nu_at, "retention.nu_at");
  check_values(retention.nu_mean, retention.nu_at, "retention.nu_mean");
  check_values(retention.nu_deviation, retention.nu_at, "retention.nu_deviation");
  return {node_curve(retention.nu_at, retention.nu_mean),
          node_curve(retention.nu_at, retention.nu_deviation)};
}

/// Throws std::invalid_argument for a drift table that is none.
inline void check_retention(Retention const& retention) {
  if (retention.drift == DriftModel::table) drift_table(retention);
}

/// Seconds after programming at which the model's drift is measured from.
inline double drift_onset_s(Retention const& retention) {
  switch (retention.drift) {
    case DriftModel::pcm:
    case DriftModel::state_independent:
    case DriftModel::table:
      return 20.0;
    case DriftModel::hermes_1:
      return 200.0;
    case DriftModel::hermes_2:
      return 300.0;
    default:
      return retention.onset_s;
  }
}

/// Noise of a read some time after programming, 1/f noise integrated from there: std = curve
/// sqrt(ln((t + t_read) / (2 t_read))), of G_max, or of G where `relative`.
struct SettledReadNoise {
  StateCurve curve;
  bool relative = true;
  double t_read_s = 0.0;  // 0: the model has none
};

inline SettledReadNoise settled_read_noise(Retention const& retention) {
  switch (retention.drift) {
    case DriftModel::off:
    case DriftModel::power:
      return {};
    case DriftModel::pcm:
    case DriftModel::table:
      return {power_curve(0.0088, -0.65, 0.2), true, 250e-9};
    case DriftModel::state_independent:  // G / G_max in uS, of 25 uS
      return {constant_curve(1.0 / 25.0), true, 250e-9};
    case DriftModel::hermes_1:
      return {logarithmic_curve({-0.0078, 0.0038, 0.0179, 0.04, 0.1591},
                                polynomial_curve({0.0088, 0.0768, -0.1352, 0.0664})),
              true, 512e-9};
    case DriftModel::hermes_2:
      return {logarithmic_curve({-0.0117, -0.0069, 0.015, 0.04, 0.16},
                                polynomial_curve({0.0123, 0.0211, -0.0280, 0.0069})),
              true, 512e-9};
    case DriftModel::reram_cmo:  // 0.0277 log10(G / uS) uS
      break;
  }
  double const slope = 0.0277316483 / std::log(10.0) / 88.2;
  return {logarithmic_curve({.slope = slope, .offset = slope * std::log(88.2)}), false, 1e-6};
}

/// CMO/HfOx ReRAM (Falcone et al.; aihwkit ReRamCMONoiseModel): mean and std of the relaxation, in
/// parts of the highest conductance, 88.2 uS. The fit begins at 1 s; before programming is over
/// there is none.
struct Relaxation {
  double mean;
  double deviation;
};
inline Relaxation cmo_relaxation(double t_s) {
  if (t_s <= 0.0) return {0.0, 0.0};
  double const decades_e = std::log(std::max(t_s, 1.0));
  return {-0.08900206 * decades_e / 88.2, (0.04201137 * decades_e + 0.41183342) / 88.2};
}

/// How much faster the clock runs than at the reference temperature.
inline double acceleration(Retention const& retention) {
  constexpr double boltzmann_ev_per_k = 8.617333262e-5;  // CODATA 2018
  return std::exp(retention.activation_energy_ev / boltzmann_ev_per_k *
                  (1.0 / retention.reference_temperature_k - 1.0 / retention.temperature_k));
}

}  // namespace panther
