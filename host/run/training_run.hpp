// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A training run from configuration to result file: epochs, metrics, checkpoints, resuming, clean
// stops.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "host/base/durable_file.hpp"
#include "host/run/session.hpp"

namespace panther {

struct TrainRequest {
  std::string name;  // of the configuration, in messages
  RunConfig config;
  ExecutionOptions execution;
  std::filesystem::path result;
  OnExisting on_existing = OnExisting::refuse;
  bool resume = false;
};

/// How a run ended.
struct TrainOutcome {
  std::filesystem::path result;
  int epochs = 0;
  double train_loss = 0.0;
  double test_accuracy = 0.0;
  std::optional<double> baseline_test_accuracy;
  double wall_s = 0.0;  // of this process
  std::uint64_t device_updates = 0;
  std::uint64_t saturations = 0;
};

/// The run was ended by a signal after writing a checkpoint; what() says where the run stood.
class RunInterrupted : public UserError {
 public:
  using UserError::UserError;
};

/// One line of news for people.
using Announce = std::function<void(std::string const&)>;

/// Trains to the end, or until a signal (RunInterrupted). With `resume` it continues from the
/// checkpoint beside the result if there is one, starts if there is none, and does nothing if the
/// result is complete. Throws UserError, DatasetError, and what files throw.
TrainOutcome train(TrainRequest const& request, Announce const& announce);

/// What a complete result says of its run (wall_s is 0).
TrainOutcome outcome_of(std::filesystem::path const& result);

}  // namespace panther
