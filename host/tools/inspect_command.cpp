// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "host/base/digest.hpp"
#include "host/base/json.hpp"
#include "host/base/metric_rows.hpp"
#include "host/base/provenance.hpp"
#include "host/base/result_file.hpp"
#include "host/run/run_target.hpp"
#include "host/tools/command.hpp"

namespace panther {

namespace {

struct InspectArguments {
  std::string result;
  bool digest = false;
  bool config = false;
  bool json = false;
};

Json as_json(ResultReader const& reader, std::string const& path) {
  Json json = {{"result", path}, {"complete", reader.complete()}};
  json["provenance"] = described_json(reader.record<Provenance>());
  json["epochs"] = described_json(reader.rows<EpochRow>());
  if (reader.has(BaselineRow::group)) json["baseline"] = described_json(reader.rows<BaselineRow>());
  return json;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void print_layers(ResultReader const& reader) {
  for (int index = 0;; ++index) {
    std::string const group = fmt::format("{}/layer_{}", LayerRow::group, index);
    if (!reader.has(group)) return;
    std::vector<LayerRow> const rows = reader.rows<LayerRow>(0, UINT64_MAX, group);
    if (rows.empty()) continue;
    fmt::print("layer_{} saturated updates by slice, LSB first, last epoch (%):", index);
    for (std::size_t s = 0; s < rows.back().saturations.size(); ++s) {
      fmt::print(" {:.3g}", share(rows.back().saturations[s], rows.back().device_updates[s]));
    }
    fmt::print("\n");
  }
}

void print_summary(ResultReader const& reader, std::string const& path) {
  Provenance const origin = reader.record<Provenance>();
  fmt::print("{}: {}\n", path,
             reader.complete() ? "complete" : "incomplete: the run still lasts, or was stopped");
  fmt::print("panther {} ({}{}), {} {}, seed {}, {} to {}\n", origin.program_version,
             origin.git_revision, origin.git_dirty ? ", modified" : "", origin.backend,
             origin.device, origin.seed, origin.start_time,
             origin.end_time.empty() ? "?" : origin.end_time);
  std::vector<BaselineRow> baseline;
  if (reader.has(BaselineRow::group)) baseline = reader.rows<BaselineRow>();
  fmt::print("{:>5} {:>10} {:>9} {:>9} {:>8} {:>14} {:>12}\n", "epoch", "train loss", "train %",
             "test %", "float32 %", "device updates", "saturated %");
  std::size_t index = 0;
  for (EpochRow const& row : reader.rows<EpochRow>()) {
    std::uint64_t saturated = 0;
    for (std::uint64_t const count : row.hardware.saturated_slices) saturated += count;
    std::string const reference =
        index < baseline.size() ? fmt::format("{:.2f}", 100 * baseline[index].test_accuracy) : "-";
    fmt::print("{:>5} {:>10.4f} {:>9.2f} {:>9.2f} {:>8} {:>14} {:>12.3f}\n", row.epoch,
               row.train_loss, 100 * row.train_accuracy, 100 * row.test_accuracy, reference,
               row.hardware.device_updates, share(saturated, row.hardware.device_updates));
    ++index;
  }
  print_layers(reader);
}

int run_inspect(InspectArguments const& arguments) {
  std::filesystem::path const path = require_result(arguments.result);
  if (arguments.digest) {
    fmt::print("{}\n", digest_of_result(path));
    return 0;
  }
  ResultReader const reader(path);
  if (arguments.config) {
    fmt::print("{}", reader.config());
  } else if (arguments.json) {
    fmt::print("{}\n", as_json(reader, path.string()).dump());
  } else {
    print_summary(reader, path.string());
  }
  return 0;
}

}  // namespace

void add_inspect_command(CommandLine& program) {
  auto const arguments = std::make_shared<InspectArguments>();
  CommandLine& command = program.command("inspect", "show what a result file holds");
  command.positional("result", arguments->result,
                     "result file; of an unfinished run what there is so far");
  command.flag(
      "--digest", arguments->digest,
      "one hash of all content but provenance and wall-clock times: equal runs have equal digests");
  command.flag("--config", arguments->config, "the complete configuration of the run, as TOML");
  command.flag("--json", arguments->json, "one JSON object on standard output");
  command.examples(
      "  panther inspect mlp.h5\n  panther inspect --digest mlp.h5\n  panther inspect --config "
      "mlp.h5");
  command.runs([arguments] { return run_inspect(*arguments); });
}

}  // namespace panther
