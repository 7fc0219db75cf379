// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Options that several commands share.

#include "host/run/session.hpp"
#include "host/tools/command.hpp"

namespace panther {

/// --backend, --threads, --isa, --variation, --data.
inline void add_execution_options(CommandLine& command, ExecutionOptions& options) {
  command.choice("--backend", options.backend, "where to compute; results are the same bits");
  command.option("--threads", options.threads, 0, 4096, "CPU threads; 0: all cores");
  command.choice("--isa", options.isa, "vector instructions of the CPU backend");
  command.choice("--variation", options.variation,
                 "device-to-device variation in memory, or regenerated");
  command.option("--data", options.data_folders,
                 "folder to look for datasets in, before PANTHER_DATA; repeatable");
}

}  // namespace panther
