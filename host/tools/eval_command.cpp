// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <memory>

#include "host/base/json.hpp"
#include "host/run/evaluation.hpp"
#include "host/tools/command.hpp"
#include "host/tools/common_options.hpp"

namespace panther {

namespace {

struct EvalArguments {
  std::string result;
  EvaluateRequest request;
  bool json = false;
};

int run_eval(EvalArguments& arguments) {
  arguments.request.result = arguments.result;
  EvaluateOutcome const outcome = evaluate(arguments.request);
  if (arguments.json) {
    Json const json = {{"result", outcome.source},
                       {"dataset", outcome.dataset},
                       {"examples", outcome.examples},
                       {"test_loss", outcome.loss},
                       {"test_accuracy", outcome.accuracy}};
    fmt::print("{}\n", json.dump());
  } else {
    fmt::print("{}: {} test examples of {}: loss {:.4f}, accuracy {:.2f} %\n", outcome.source,
               outcome.examples, outcome.dataset, outcome.loss, 100 * outcome.accuracy);
  }
  return 0;
}

}  // namespace

void add_eval_command(CommandLine& program) {
  auto const arguments = std::make_shared<EvalArguments>();
  CommandLine& command =
      program.command("eval", "evaluate a trained network under other read conditions");
  command.positional("result", arguments->result,
                     "result file with device states (output.final_levels)");
  command.option(
      "-s,--set", arguments->request.sets,
      "KEY=VALUE: read.*, data.*, crossbar.block_lines, device.read_noise.*, device.retention.*, "
      "...; repeatable");
  add_execution_options(command, arguments->request.execution);
  command.flag("--json", arguments->json, "one JSON object on standard output");
  command.examples(
      "  panther eval mlp.h5\n"
      "  panther eval mlp.h5 --set read.mode=bit_serial --set read.adc_bits=8 --set "
      "read.adc_range=calibrated\n"
      "  panther eval mlp.h5 --set device.read_noise.relative=0.05\n"
      "  panther eval mlp.h5 --set device.retention.drift=pcm --set device.retention.wait_s=86400");
  command.runs([arguments] { return run_eval(*arguments); });
}

}  // namespace panther
