// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "host/base/metric_rows.hpp"
#include "host/base/result_file.hpp"
#include "host/run/run_target.hpp"
#include "host/run/training_run.hpp"
#include "host/tools/command.hpp"
#include "host/tools/common_options.hpp"
#include "host/tools/interruption.hpp"
#include "host/tools/plot.hpp"

namespace panther {

namespace {

struct DemoArguments {
  ExecutionOptions execution;
};

struct PlotArguments {
  std::string result;
  std::string picture;
};

/// panther-demo.h5, or the first of panther-demo-2.h5, ... that is free: nothing is overwritten.
std::filesystem::path free_result_path() {
  for (int number = 1;; ++number) {
    std::filesystem::path const path =
        number == 1 ? "panther-demo.h5" : fmt::format("panther-demo-{}.h5", number);
    if (!std::filesystem::exists(path) && !std::filesystem::exists(running_path(path))) return path;
  }
}

void print_table(TrainOutcome const& outcome) {
  ResultReader const reader(outcome.result);
  HardwareCounts total;
  for (EpochRow const& row : reader.rows<EpochRow>()) {
    total.level_steps += row.hardware.level_steps;
    total.crs_runs += row.hardware.crs_runs;
    total.crs_cells_written += row.hardware.crs_cells_written;
  }
  auto const line = [](std::string_view name, std::string const& value) {
    fmt::print("  {:<36} {}\n", name, value);
  };
  fmt::print("\n");
  line("test accuracy, emulated devices", fmt::format("{:.2f} %", 100 * outcome.test_accuracy));
  if (outcome.baseline_test_accuracy) {
    line("test accuracy, float32", fmt::format("{:.2f} %", 100 * *outcome.baseline_test_accuracy));
  }
  line("time here", fmt::format("{:.1f} s", outcome.wall_s));
  line("device updates", fmt::format("{:.3g}", static_cast<double>(outcome.device_updates)));
  line("  of them saturated",
       fmt::format("{:.3f} %",
                   100.0 * static_cast<double>(outcome.saturations) /
                       static_cast<double>(std::max<std::uint64_t>(outcome.device_updates, 1))));
  line("level steps in the arrays", fmt::format("{:.3g}", static_cast<double>(total.level_steps)));
  line("carry resolutions (layers x runs)", fmt::format("{}", total.crs_runs));
  line("  cells rewritten by them",
       fmt::format("{:.3g}", static_cast<double>(total.crs_cells_written)));
}

int run_demo(DemoArguments const& arguments) {
  std::filesystem::path const result = free_result_path();
  TrainRequest const request{.name = "preset:demo",
                             .config = load_run_configuration("preset:demo", {}),
                             .execution = arguments.execution,
                             .result = result};
  fmt::print(
      stderr,
      "Training 784-64-10 on Fashion-MNIST: every weight in 8 slices on emulated ReRAM devices.\n");
  TrainOutcome const outcome = train_or_explain(
      request, [](std::string const& text) { fmt::print(stderr, "{}\n", text); },
      fmt::format("continue with panther train preset:demo -o {} --resume", result.string()));
  print_table(outcome);
  std::filesystem::path picture = result;
  picture.replace_extension(".png");
  plot_result(result, picture);
  fmt::print(
      "\n  result   {}\n  picture  {}\n  next     panther inspect {}, panther train preset:mlp\n",
      result.string(), picture.string(), result.string());
  return 0;
}

int run_plot(PlotArguments const& arguments) {
  std::filesystem::path picture = arguments.picture;
  if (picture.empty()) picture = std::filesystem::path(arguments.result).replace_extension(".png");
  plot_result(require_result(arguments.result), picture);
  fmt::print("{}\n", picture.string());
  return 0;
}

}  // namespace

void add_demo_command(CommandLine& program) {
  auto const arguments = std::make_shared<DemoArguments>();
  CommandLine& command =
      program.command("demo", "train a small network on real images and draw the result");
  add_execution_options(command, arguments->execution);
  command.examples("  panther demo\n  panther demo --threads 1");
  command.runs([arguments] { return run_demo(*arguments); });
}

void add_plot_command(CommandLine& program) {
  auto const arguments = std::make_shared<PlotArguments>();
  CommandLine& command = program.command("plot", "draw loss, accuracy and saturation of a result");
  command.positional("result", arguments->result, "result file");
  command.option("-o,--output", arguments->picture, "PNG; default: the result's name with .png");
  command.examples("  panther plot mlp.h5\n  panther plot mlp.h5 -o picture.png");
  command.runs([arguments] { return run_plot(*arguments); });
}

}  // namespace panther
