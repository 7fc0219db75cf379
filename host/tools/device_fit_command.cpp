// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <memory>

#include "host/base/errors.hpp"
#include "host/base/text_file.hpp"
#include "host/tools/device_commands.hpp"
#include "host/tools/fit_report.hpp"
#include "host/tools/plot.hpp"
#include "host/tools/temporary_result.hpp"

namespace panther {

namespace {

struct FitArguments {
  std::string table;
  std::string window;
  std::string pick;
  FitRequest request;
  std::string preset;
  std::string result;
  std::string picture;
  bool overwrite = false;
  bool json = false;
};

std::optional<std::pair<double, double>> window_of(std::string const& text, double unit_size) {
  if (text.empty()) return std::nullopt;
  double low = 0.0;
  double high = 0.0;
  char const* const last = text.data() + text.size();
  auto const [colon, first_error] = std::from_chars(text.data(), last, low);
  bool valid = first_error == std::errc() && colon != last && *colon == ':';
  if (valid) {
    auto const [end, second_error] = std::from_chars(colon + 1, last, high);
    valid = second_error == std::errc() && end == last;
  }
  if (!valid) {
    throw UsageError(
        fmt::format("--window {}: must be LOW:HIGH, two numbers in the table's unit", text));
  }
  if (!(low < high)) throw UsageError(fmt::format("--window {}: LOW must be below HIGH", text));
  return std::pair(low * unit_size, high * unit_size);
}

FitCriterion criterion_of(std::string const& word) {
  for (auto const& [criterion, name] : EnumNames<FitCriterion>::values) {
    if (word == name) return criterion;
  }
  throw UsageError(fmt::format("--pick {}: must be aic, bic or cv", word));
}

int run_fit(FitArguments const& arguments) {
  bool const given = !arguments.request.law.empty();
  if (given && !arguments.pick.empty()) throw UsageError("--law and --pick: give one of them");
  if (!arguments.overwrite) refuse_existing({arguments.preset, arguments.result});
  FitCriterion const criterion = criterion_of(arguments.pick.empty() ? "bic" : arguments.pick);
  PulseTable const table = read_pulse_table(arguments.table);
  FitData const data = fit_data(table, window_of(arguments.window, table.unit_size));
  ChosenFit const chosen =
      given ? fit_given(data, arguments.request) : fit_best(data, arguments.request, criterion);
  FitReport const report = fit_report(table, data, chosen);
  if (!arguments.preset.empty()) write_file_atomically(arguments.preset, report.preset);
  write_and_draw(
      arguments.result, arguments.picture,
      [&](std::filesystem::path const& file) { write_fit(report, file); }, plot_fit);
  if (arguments.json) {
    fmt::print("{}\n", fit_json(report).dump());
  } else {
    print_fit(report);
  }
  return 0;
}

}  // namespace

void add_device_fit(CommandLine& device) {
  auto const arguments = std::make_shared<FitArguments>();
  CommandLine& fit = device.command("fit", "parameters of a law from measured pulse trains");
  fit.positional("pulses.csv", arguments->table,
                 "table of device, pulse, polarity and conductance_uS (S, mS, nS, window)");
  fit.option("--law", arguments->request.law, "law to fit; a name that device list prints");
  fit.option("--pick", arguments->pick,
             "choose the law by aic, bic or cv (cross-validation); bic without --law");
  fit.option("--free", arguments->request.free,
             "a number to fit besides those that the law declares; repeatable");
  fit.option("--fix", arguments->request.fix,
             "key=value that is not fitted (pulses, g_min, g_max, spread.slope, ...); repeatable");
  fit.option("--window", arguments->window,
             "LOW:HIGH, G_min and G_max in the table's unit, instead of where trains start");
  fit.option("-o,--output", arguments->preset, "file for the device as a preset (TOML)");
  fit.option("--result", arguments->result, "file for everything found (HDF5)");
  fit.option("--plot", arguments->picture, "picture of data, law and residuals (PNG, SVG or PDF)");
  fit.flag("--overwrite", arguments->overwrite, "replace existing files of -o and --result");
  fit.flag("--json", arguments->json, "one JSON object");
  fit.examples(
      "  panther device fit pulses.csv --pick bic -o mine.toml --plot fit.png\n"
      "  panther device fit pulses.csv --law exponential --fix spread.nonlinearity=0\n"
      "  panther device characterize mine.toml");
  fit.runs([arguments] { return run_fit(*arguments); });
}

}  // namespace panther
