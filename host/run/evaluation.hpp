// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A trained network under read conditions of the user's choice: converters, read noise, data.

#include <filesystem>
#include <string>
#include <vector>

#include "host/run/session.hpp"

namespace panther {

struct EvaluateRequest {
  /// A result, or of a run that lasts or died any of its files: its checkpoint is used.
  std::filesystem::path result;
  std::vector<std::string> sets;
  ExecutionOptions execution;
};

struct EvaluateOutcome {
  std::string source;  // file that the device states came from
  std::string dataset;
  std::int64_t examples = 0;
  double loss = 0.0;
  double accuracy = 0.0;
};

/// Evaluates on the test set. Overrides may change what a read depends on ([read], [crossbar]
/// block_lines, device.read_noise, device.on_off_ratio, [data]) and what happened to the devices
/// before (device.programming, device.retention); others are refused. Throws UserError.
EvaluateOutcome evaluate(EvaluateRequest const& request);

}  // namespace panther
