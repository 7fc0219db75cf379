// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/fit_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/base/provenance.hpp"
#include "host/base/result_file.hpp"
#include "host/base/suggest.hpp"
#include "host/tools/fit_preset.hpp"

namespace panther {

namespace {

FitRecord record_of(FitData const& data, ChosenFit const& chosen) {
  DeviceFit const& fit = chosen.fit;
  return {.source = data.source,
          .law = chosen.law,
          .criterion = chosen.criterion,
          .devices = static_cast<int>(data.devices),
          .trains = static_cast<int>(data.trains),
          .pulses_measured = static_cast<int>(data.measured),
          .pulses_used = static_cast<int>(fit.pulses.size()),
          .unit = data.in_siemens ? "S" : "window",
          .g_min = fit.device.g_min,
          .g_max = fit.device.g_max,
          .write_noise = std::string(enum_name(fit.device.device.write_noise.kind)),
          .log_likelihood = fit.log_likelihood,
          .degrees = static_cast<int>(fit.degrees),
          .aic = fit.aic,
          .bic = fit.bic,
          .residual_rms = fit.residual_rms,
          .explained = fit.explained,
          .successive = fit.successive};
}

std::vector<FitNumberRow> number_rows(DeviceFit const& fit) {
  std::vector<FitNumberRow> rows;
  auto const add = [&](FittedNumber const& number) {
    Estimate const& found = number.estimate;
    rows.push_back({static_cast<int>(rows.size()), number.key, number.unit, found.value,
                    found.error, found.at_95.low, found.at_95.high, found.at_99.low,
                    found.at_99.high, number.at_limit});
  };
  for (FittedNumber const& number : fit.numbers) add(number);
  add(fit.noise);
  for (FittedNumber const& number : fit.spread) add(number);
  return rows;
}

std::vector<FitPulseRow> pulse_rows(DeviceFit const& fit) {
  double const window = fit.device.window();
  std::vector<FitPulseRow> rows;
  for (FittedPulse const& one : fit.pulses) {
    rows.push_back({static_cast<int>(rows.size()), static_cast<int>(one.pulse.device),
                    static_cast<int>(one.train), one.pulse.direction == Direction::up,
                    (one.pulse.from - fit.device.g_min) / window, one.pulse.change / window,
                    one.predicted / window, one.residual});
  }
  return rows;
}

std::vector<FitTrainRow> train_rows(PulseTable const& table, MeasuredDevice const& device) {
  std::vector<FitTrainRow> rows;
  for (std::size_t train = 0; train < table.trains.size(); ++train) {
    MeasuredTrain const& one = table.trains[train];
    for (std::size_t pulse = 0; pulse < one.conductance.size(); ++pulse) {
      rows.push_back({static_cast<int>(rows.size()), static_cast<int>(one.device),
                      static_cast<int>(train), one.direction == Direction::up,
                      static_cast<int>(pulse),
                      (one.conductance[pulse] - device.g_min) / device.window()});
    }
  }
  return rows;
}

/// The nominal law's change at a part of the window.
double nominal_change(MeasuredDevice const& device, Direction direction, double at) {
  std::vector<TraitFactors> const factors{{1.0, 1.0, 1.0, 1.0}};
  std::vector<DeviceEnds> const ends{{device.g_min, device.g_max}};
  MeasuredPulse const pulse{0, direction, device.g_min + at * device.window(), 0.0};
  return predicted_changes(device, std::span(&pulse, 1), {factors, ends})[0] / device.window();
}

std::vector<FitLawRow> law_rows(MeasuredDevice const& device) {
  std::vector<FitLawRow> rows;
  constexpr int points = 50;
  for (int i = 0; i <= points; ++i) {
    double const at = static_cast<double>(i) / points;
    rows.push_back({{at, nominal_change(device, Direction::up, at),
                     nominal_change(device, Direction::down, at)}});
  }
  return rows;
}

std::vector<FitCurveRow> curve_rows(MeasuredDevice const& device, std::size_t pulses) {
  std::vector<FitCurveRow> rows{{0, 0.0, 1.0}};
  for (std::size_t pulse = 1; pulse <= pulses; ++pulse) {
    FitCurveRow const last = rows.back();
    rows.push_back({static_cast<int>(pulse),
                    last.up + nominal_change(device, Direction::up, last.up),
                    last.down + nominal_change(device, Direction::down, last.down)});
  }
  return rows;
}

std::vector<std::string> notes_of(FitData const& data, DeviceFit const& fit) {
  std::vector<std::string> notes;
  if (data.devices < least_devices) {
    notes.push_back(fmt::format(
        "{} devices: no spread between devices is fitted (it takes {}), and the intervals hold for "
        "these devices only",
        data.devices, least_devices));
  }
  for (FittedNumber const& number : fit.numbers) {
    if (!number.at_limit) continue;
    notes.push_back(fmt::format("{} is at its limit {:.6g}: its interval means little", number.key,
                                number.estimate.value));
  }
  for (FittedNumber const& number : fit.spread) {
    if (number.estimate.at_95.low > 0.0 || number.key == "spread.slope_correlation") continue;
    notes.push_back(fmt::format("{}: none that the devices show (at most {:.3g}); written as 0",
                                number.key, number.estimate.at_95.high));
  }
  if (!fit.noise_alike.empty()) {
    std::vector<std::string> names;
    for (WriteNoiseKind const kind : fit.noise_alike) names.emplace_back(enum_name(kind));
    notes.push_back(
        fmt::format("write noise: the data do not tell {} from {}; the first in the order of "
                    "write_noise.kind is taken (--fix write_noise.kind=... chooses another)",
                    enum_name(fit.device.device.write_noise.kind), join_words(names)));
  }
  constexpr double suspicious = -0.15;
  if (fit.successive < suspicious) {
    notes.push_back(fmt::format(
        "residuals of successive pulses are correlated by {:.2f}: reading adds noise of its own, "
        "which the write noise found here includes",
        fit.successive));
  }
  return notes;
}

}  // namespace

FitReport fit_report(PulseTable const& table, FitData const& data, ChosenFit const& chosen) {
  FitReport report;
  report.record = record_of(data, chosen);
  report.numbers = number_rows(chosen.fit);
  report.pulses = pulse_rows(chosen.fit);
  report.measured = train_rows(table, chosen.fit.device);
  report.changes = law_rows(chosen.fit.device);
  report.curves = curve_rows(chosen.fit.device, data.longest);
  report.candidates = chosen.candidates;
  report.notes = notes_of(data, chosen.fit);
  report.preset = fit_preset(report, chosen.fit);
  return report;
}

Json fit_json(FitReport const& report) {
  Json json = described_json(report.record);
  json["numbers"] = described_json(report.numbers);
  for (Json& number : json["numbers"]) number.erase("index");
  if (!report.candidates.empty()) json["candidates"] = described_json(report.candidates);
  json["notes"] = report.notes;
  json["preset"] = report.preset;
  return json;
}

void print_fit(FitReport const& report) {
  FitRecord const& record = report.record;
  fmt::print("{}: {} devices, {} trains, {} of {} pulses used\n", record.source, record.devices,
             record.trains, record.pulses_used, record.pulses_measured);
  if (!report.candidates.empty()) {
    fmt::print("\n  law                       numbers         AIC         BIC{}\n",
               record.criterion == "cv" ? "    CV error" : "");
    for (FitCandidate const& row : report.candidates) {
      if (!row.refused.empty()) {
        fmt::print("  {:<24}  -  ({})\n", row.law, row.refused);
        continue;
      }
      fmt::print("  {:<24}  {:7}  {:10.1f}  {:10.1f}{}\n", row.law, row.degrees, *row.aic, *row.bic,
                 row.cv ? fmt::format("  {:10.6f}", *row.cv) : "");
    }
  }
  fmt::print("\n  law {} ({})\n\n", record.law,
             record.criterion == "given" ? "given" : chosen_by(record));
  fmt::print("  {:<26} {:>12}   {:<27}{}\n", "number", "value", "95 % interval", "99 % interval");
  for (FitNumberRow const& row : report.numbers) {
    std::string const unit = row.unit == "1" ? "" : " " + row.unit;
    fmt::print("  {:<26} {:>12.6g}   {:<27}{}{}\n", row.key, row.value,
               fmt::format("{:.6g} to {:.6g}", row.low, row.high),
               fmt::format("{:.6g} to {:.6g}", row.low_99, row.high_99), unit);
  }
  fmt::print("\n  write noise                          {}\n", record.write_noise);
  fmt::print("  explained of the changes' variance   {:.4f}\n", record.explained);
  fmt::print("  RMS left of a pulse's change         {:.3g} window\n", record.residual_rms);
  fmt::print("  correlation of successive residuals  {:.3f}\n", record.successive);
  for (std::string const& note : report.notes) fmt::print("  note: {}\n", note);
}

void write_fit(FitReport const& report, std::filesystem::path const& path) {
  ResultWriter writer = ResultWriter::create(path, OnExisting::replace);
  ResultTable<FitNumberRow> numbers = writer.table(FitNumberRow{});
  ResultTable<FitPulseRow> pulses = writer.table(FitPulseRow{});
  ResultTable<FitTrainRow> measured = writer.table(FitTrainRow{});
  ResultTable<FitLawRow> changes = writer.table(FitLawRow{});
  ResultTable<FitCurveRow> curves = writer.table(FitCurveRow{});
  writer.write_config(report.preset);
  writer.write(begin_provenance());
  writer.write(report.record);
  writer.start();
  numbers.append(report.numbers);
  pulses.append(report.pulses);
  measured.append(report.measured);
  changes.append(report.changes);
  curves.append(report.curves);
  writer.begin_final();
  writer.commit();
}

}  // namespace panther
