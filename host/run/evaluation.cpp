// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "host/base/result_file.hpp"
#include "host/run/final_state.hpp"
#include "host/run/run_checkpoint.hpp"
#include "host/run/run_target.hpp"

namespace panther {

namespace {

constexpr std::array changeable{std::string_view{"read."},
                                std::string_view{"data."},
                                std::string_view{"crossbar.block_lines"},
                                std::string_view{"device.read_noise."},
                                std::string_view{"device.on_off_ratio"},
                                std::string_view{"device.programming."},
                                std::string_view{"device.retention."},
                                std::string_view{"training.seed"}};

void check_sets(std::vector<std::string> const& sets) {
  for (std::string const& set : sets) {
    bool const allowed = std::any_of(changeable.begin(), changeable.end(),
                                     [&](std::string_view key) { return set.starts_with(key); });
    if (!allowed) {
      throw UserError(
          fmt::format("--set {}: cannot be changed for a trained network (allowed: read.*, data.*, "
                      "crossbar.block_lines, "
                      "device.read_noise.*, device.on_off_ratio, device.programming.*, "
                      "device.retention.*, training.seed)",
                      set));
    }
  }
}

}  // namespace

EvaluateOutcome evaluate(EvaluateRequest const& request) {
  check_sets(request.sets);
  std::filesystem::path const found = require_result(request.result);
  ResultReader const reader(found);
  std::string const name = found.string();
  std::string const origin = name + ":/config";
  RunConfig const config = parse_run_configuration(reader.config(), origin, request.sets);
  auto const data = load_run_data(config.data, request.execution.data_folders);
  auto const backend = make_backend(request.execution);
  try {
    Trainer trainer(config, data->view, *backend, {{config.training.seed, config.device}}, {});
    std::string source = name;
    if (reader.complete()) {
      load_final_state(reader, name, trainer);
    } else {
      source = checkpoint_path(result_of(found)).string();
      load_checkpoint_state(source, parse_run_configuration(reader.config(), origin), trainer);
    }
    trainer.calibrate_reads();
    Score const score = trainer.evaluate(data->view.test).front();
    return {.source = source,
            .dataset = data->dataset.name,
            .examples = data->view.test.size(),
            .loss = score.loss,
            .accuracy = score.accuracy};
  } catch (std::invalid_argument const& error) {
    throw UserError(fmt::format("{}: {}", name, error.what()));
  } catch (BackendError const& error) {
    throw UserError(fmt::format("{}: {}", name, error.what()));
  }
}

}  // namespace panther
