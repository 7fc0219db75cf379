// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/characterization_report.hpp"

#include "host/base/config_printer.hpp"
#include "host/base/provenance.hpp"
#include "host/base/result_file.hpp"

namespace panther {

namespace {

TrainRecord record_of(TrainCurve const& curve) {
  return {curve.pulses_to_95, curve.cycle_noise,    curve.device_spread,
          curve.mean_step,    curve.states_by_step, curve.states_by_noise};
}

std::vector<DeviceCurveRow> curve_rows(Characterization const& found) {
  std::vector<DeviceCurveRow> rows;
  for (std::size_t pulse = 0; pulse < found.up.conductance.size(); ++pulse) {
    MeanAndStd const& up = found.up.conductance[pulse];
    MeanAndStd const& down = found.down.conductance[pulse];
    rows.push_back({static_cast<int>(pulse), up.mean, up.std, down.mean, down.std});
  }
  return rows;
}

std::vector<DeviceChangeRow> change_rows(ChangeMap const& changes) {
  std::vector<DeviceChangeRow> rows;
  for (int place = 0; place < ChangeMap::places; ++place) {
    auto const part = [&](std::vector<std::uint64_t> const& counts) {
      auto const first = counts.begin() + place * ChangeMap::sizes;
      return std::vector<std::uint64_t>(first, first + ChangeMap::sizes);
    };
    rows.push_back({(place + 0.5) / ChangeMap::places, part(changes.up), part(changes.down)});
  }
  return rows;
}

Json train_json(TrainRecord const& record, std::vector<DeviceCurveRow> const& curves,
                double DeviceCurveRow::*mean, double DeviceCurveRow::*std) {
  Json json = {{"mean", Json::array()}, {"std", Json::array()}};
  for (DeviceCurveRow const& row : curves) {
    json["mean"].push_back(row.*mean);
    json["std"].push_back(row.*std);
  }
  json.update(described_json(record));
  return json;
}

/// null where nothing was measured.
template <class Row>
Json rows_json(std::vector<Row> const& rows) {
  return rows.empty() ? Json(nullptr) : described_json(rows);
}

/// No table where nothing was measured.
template <class Row>
std::optional<ResultTable<Row>> table_of(ResultWriter& writer, std::vector<Row> const& rows) {
  if (rows.empty()) return std::nullopt;
  return writer.table(rows.front());
}

}  // namespace

CharacterizationReport characterization_report(std::string const& name, DeviceConfig const& device,
                                               PulseTrains const& trains,
                                               Characterization const& found) {
  CharacterizationReport report;
  report.record = {name,
                   trains.devices,
                   trains.pulses,
                   trains.seed,
                   found.symmetry_point,
                   record_of(found.up),
                   record_of(found.down)};
  report.curves = curve_rows(found);
  for (StepAt const& step : found.steps) report.steps.push_back({step});
  report.changes = change_rows(found.changes);
  report.scale.largest_change = found.changes.largest;
  report.config = print_config(device);
  return report;
}

Json characterization_json(CharacterizationReport const& report) {
  DeviceRecord const& record = report.record;
  Json json = {{"device", record.device},
               {"devices", record.devices},
               {"pulses", record.pulses},
               {"seed", record.seed},
               {"unit", "window"}};
  json["up"] =
      train_json(record.up, report.curves, &DeviceCurveRow::up_mean, &DeviceCurveRow::up_std);
  json["down"] =
      train_json(record.down, report.curves, &DeviceCurveRow::down_mean, &DeviceCurveRow::down_std);
  json["steps"] = described_json(report.steps);
  json["changes"] = described_json(report.scale);
  json["changes"]["places"] = described_json(report.changes);
  json["retention"] = rows_json(report.retention);
  json["endurance"] = rows_json(report.endurance);
  json["symmetry_point"] = record.symmetry_point ? Json(*record.symmetry_point) : Json(nullptr);
  return json;
}

void write_characterization(CharacterizationReport const& report,
                            std::filesystem::path const& path) {
  ResultWriter writer = ResultWriter::create(path, OnExisting::replace);
  ResultTable<DeviceCurveRow> curves = writer.table(DeviceCurveRow{});
  ResultTable<DeviceStepRow> steps = writer.table(DeviceStepRow{});
  ResultTable<DeviceChangeRow> changes = writer.table(report.changes.front());
  std::optional<ResultTable<RetentionRow>> retention = table_of(writer, report.retention);
  std::optional<ResultTable<EnduranceRow>> endurance = table_of(writer, report.endurance);
  writer.write_config(report.config);
  Provenance provenance = begin_provenance();
  provenance.seed = report.record.seed;
  writer.write(provenance);
  writer.write(report.record);
  writer.write(report.scale);
  writer.start();
  curves.append(report.curves);
  steps.append(report.steps);
  changes.append(report.changes);
  if (retention) retention->append(report.retention);
  if (endurance) endurance->append(report.endurance);
  writer.begin_final();
  writer.commit();
}

}  // namespace panther
