// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a fit found, as described rows: the same numbers go to JSON, to the result file and, from
// there, to the picture. Conductances are parts of the window.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "host/tools/device_fit.hpp"
#include "host/tools/fit_choice.hpp"
#include "host/tools/step_at.hpp"

namespace panther {

struct FitRecord {
  static constexpr std::string_view group = "/fit";
  static constexpr std::string_view doc = "a device law fitted to measured pulse trains";

  std::string source;
  std::string law;
  std::string criterion;
  int devices = 0;
  int trains = 0;
  int pulses_measured = 0;
  int pulses_used = 0;
  std::string unit;
  double g_min = 0;
  double g_max = 0;
  std::string write_noise;
  double log_likelihood = 0;
  int degrees = 0;
  double aic = 0;
  double bic = 0;
  double residual_rms = 0;
  double explained = 0;
  double successive = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("source", self.source, Field{.doc = "table of measured trains"});
    visit("law", self.law, Field{.doc = "law that was fitted"});
    visit("criterion", self.criterion, Field{.doc = "what chose the law: given, aic, bic or cv"});
    visit("devices", self.devices, Field{.unit = "1", .doc = "measured devices"});
    visit("trains", self.trains, Field{.unit = "1", .doc = "measured trains"});
    visit("pulses_measured", self.pulses_measured, Field{.unit = "1", .doc = "measured pulses"});
    visit("pulses_used", self.pulses_used,
          Field{.unit = "1", .doc = "of them those that no bound can have clipped"});
    visit("unit", self.unit, Field{.doc = "of g_min and g_max: S or window"});
    visit("g_min", self.g_min, Field{.doc = "lower end of the window"});
    visit("g_max", self.g_max, Field{.doc = "upper end of the window"});
    visit("write_noise", self.write_noise, Field{.doc = "kind of the write noise"});
    visit("log_likelihood", self.log_likelihood, Field{.unit = "1", .doc = "marginal, at its top"});
    visit("degrees", self.degrees, Field{.unit = "1", .doc = "numbers estimated"});
    visit("aic", self.aic, Field{.unit = "1", .doc = "Akaike's criterion"});
    visit("bic", self.bic, Field{.unit = "1", .doc = "Schwarz's criterion"});
    visit("residual_rms", self.residual_rms,
          Field{.unit = "window", .doc = "RMS of what the law leaves of a pulse's change"});
    visit("explained", self.explained,
          Field{.unit = "1", .doc = "part of the changes' variance that the law explains"});
    visit("successive", self.successive,
          Field{.unit = "1",
                .doc = "correlation of successive residuals; noise of reading brings it to -0.5",
                .lo = -1,
                .hi = 1});
  }
};

struct FitNumberRow {
  static constexpr std::string_view group = "/fit/numbers";
  static constexpr std::string_view doc = "fitted numbers with confidence intervals";

  int index = 0;
  std::string key;
  std::string unit;
  double value = 0;
  double error = 0;
  double low = 0;
  double high = 0;
  double low_99 = 0;
  double high_99 = 0;
  bool at_limit = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("index", self.index, Field{.unit = "1", .doc = "number of the row"});
    visit("key", self.key, Field{.doc = "key in [device], or pulses, g_min, g_max"});
    visit("unit", self.unit, Field{.doc = "unit of the number"});
    visit("value", self.value, Field{.doc = "estimate"});
    visit("error", self.error, Field{.doc = "its standard error"});
    visit("low", self.low, Field{.doc = "lower end of the 95 % interval"});
    visit("high", self.high, Field{.doc = "upper end of the 95 % interval"});
    visit("low_99", self.low_99, Field{.doc = "lower end of the 99 % interval"});
    visit("high_99", self.high_99, Field{.doc = "upper end of the 99 % interval"});
    visit("at_limit", self.at_limit, Field{.doc = "estimate is the least or largest allowed"});
  }
};

struct FitPulseRow {
  static constexpr std::string_view group = "/fit/pulses";
  static constexpr std::string_view doc = "used pulses, by device";

  int index = 0;
  int device = 0;
  int train = 0;
  bool up = true;
  double conductance = 0;
  double change = 0;
  double predicted = 0;
  double residual = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("index", self.index, Field{.unit = "1", .doc = "number of the row"});
    visit("device", self.device, Field{.unit = "1", .doc = "number of the device, from 0"});
    visit("train", self.train, Field{.unit = "1", .doc = "number of the train, from 0"});
    visit("up", self.up, Field{.doc = "polarity"});
    visit("conductance", self.conductance, Field{.unit = "window", .doc = "before the pulse"});
    visit("change", self.change, Field{.unit = "window", .doc = "measured"});
    visit("predicted", self.predicted,
          Field{.unit = "window", .doc = "by the law with the device's own factors"});
    visit("residual", self.residual,
          Field{.unit = "1", .doc = "what is left, in standard deviations of its noise"});
  }
};

struct FitTrainRow {
  static constexpr std::string_view group = "/fit/measured";
  static constexpr std::string_view doc = "measured trains";

  int index = 0;
  int device = 0;
  int train = 0;
  bool up = true;
  int pulse = 0;
  double conductance = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("index", self.index, Field{.unit = "1", .doc = "number of the row"});
    visit("device", self.device, Field{.unit = "1", .doc = "number of the device, from 0"});
    visit("train", self.train, Field{.unit = "1", .doc = "number of the train, from 0"});
    visit("up", self.up, Field{.doc = "polarity"});
    visit("pulse", self.pulse, Field{.unit = "pulses", .doc = "pulses of the train before it"});
    visit("conductance", self.conductance, Field{.unit = "window", .doc = "after those pulses"});
  }
};

/// The fitted law at nominal factors, without noise.
struct FitLawRow : StepAt {
  static constexpr std::string_view group = "/fit/law_changes";
  static constexpr std::string_view doc = "change of one pulse by the fitted law, nominal device";
};

struct FitCurveRow {
  static constexpr std::string_view group = "/fit/law_curves";
  static constexpr std::string_view doc = "trains of the fitted law from the ends of the window";

  int pulse = 0;
  double up = 0;
  double down = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("pulse", self.pulse, Field{.unit = "pulses", .doc = "pulses so far"});
    visit("up", self.up, Field{.unit = "window", .doc = "conductance of the train up"});
    visit("down", self.down, Field{.unit = "window", .doc = "conductance of the train down"});
  }
};

/// "least bic", what the law was chosen by.
inline std::string chosen_by(FitRecord const& record) {
  return record.criterion == "cv" ? "fewest numbers within an error of the least cv"
                                  : "least " + record.criterion;
}

struct FitReport {
  FitRecord record;
  std::vector<FitNumberRow> numbers;
  std::vector<FitPulseRow> pulses;
  std::vector<FitTrainRow> measured;
  std::vector<FitLawRow> changes;
  std::vector<FitCurveRow> curves;
  std::vector<FitCandidate> candidates;  // empty where the law was given
  std::vector<std::string> notes;        // what a reader should know
  std::string preset;                    // TOML
};

FitReport fit_report(PulseTable const& table, FitData const& data, ChosenFit const& chosen);

/// Everything but the pulses themselves.
Json fit_json(FitReport const& report);

void print_fit(FitReport const& report);

/// Writes the rows as a result file; an existing one is replaced.
void write_fit(FitReport const& report, std::filesystem::path const& path);

}  // namespace panther
