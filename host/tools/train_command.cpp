// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "host/base/json.hpp"
#include "host/run/training_run.hpp"
#include "host/tools/command.hpp"
#include "host/tools/common_options.hpp"
#include "host/tools/interruption.hpp"

namespace panther {

namespace {

struct TrainArguments {
  std::string config;
  std::string output;
  std::vector<std::string> sets;
  std::optional<std::uint64_t> seed;
  ExecutionOptions execution;
  bool resume = false;
  bool overwrite = false;
  bool json = false;
};

/// run.toml -> run.h5, preset:mlp -> mlp.h5, in the present folder.
std::filesystem::path result_path(TrainArguments const& arguments) {
  if (!arguments.output.empty()) return arguments.output;
  std::string source = arguments.config;
  if (source.starts_with("preset:")) source.erase(0, 7);
  return std::filesystem::path(source).stem().concat(".h5");
}

Json as_json(TrainOutcome const& outcome) {
  bool const trained = outcome.epochs > 0;
  Json json = {{"result", outcome.result.string()},
               {"epochs", outcome.epochs},
               {"train_loss", trained ? Json(outcome.train_loss) : Json()},
               {"test_accuracy", trained ? Json(outcome.test_accuracy) : Json()}};
  if (outcome.baseline_test_accuracy)
    json["baseline_test_accuracy"] = *outcome.baseline_test_accuracy;
  json["wall_s"] = outcome.wall_s;
  json["device_updates"] = outcome.device_updates;
  json["saturations"] = outcome.saturations;
  return json;
}

int run_train(TrainArguments const& arguments) {
  std::vector<std::string> sets = arguments.sets;
  if (arguments.seed) sets.push_back(fmt::format("training.seed={}", *arguments.seed));
  TrainRequest const request{
      .name = arguments.config,
      .config = load_run_configuration(arguments.config, sets),
      .execution = arguments.execution,
      .result = result_path(arguments),
      .on_existing = arguments.overwrite ? OnExisting::replace : OnExisting::refuse,
      .resume = arguments.resume};
  auto const announce = [](std::string const& line) { fmt::print(stderr, "{}\n", line); };
  TrainOutcome const outcome =
      train_or_explain(request, announce, "continue with the same command and --resume");
  announce(fmt::format("result: {}", outcome.result.string()));
  if (arguments.json) fmt::print("{}\n", as_json(outcome).dump());
  return 0;
}

}  // namespace

void add_train_command(CommandLine& program) {
  auto const arguments = std::make_shared<TrainArguments>();
  CommandLine& command =
      program.command("train", "train a network on emulated crossbars, from a configuration");
  command.positional("config", arguments->config, "TOML file, or preset:NAME");
  command.option("-o,--output", arguments->output,
                 "result file; default: the configuration's name with .h5, here");
  command.option("-s,--set", arguments->sets, "KEY=VALUE laid over the configuration; repeatable");
  command.option("--seed", arguments->seed, "short for --set training.seed=N");
  add_execution_options(command, arguments->execution);
  command.flag("--resume", arguments->resume,
               "continue from the checkpoint beside the result, or start");
  command.flag("--overwrite", arguments->overwrite,
               "replace an existing result once the new one is complete");
  command.flag("--json", arguments->json, "one JSON object on standard output at the end");
  command.examples(
      "  panther train preset:mlp\n"
      "  panther train run.toml --set device.write_noise.sigma=0.1 --seed 7 -o noisy.h5\n"
      "  panther train run.toml --resume          after Ctrl-C, a crash or a power cut");
  command.runs([arguments] { return run_train(*arguments); });
}

}  // namespace panther
