// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checkpoint of a training run, beside its result: out.h5 -> out.checkpoint.h5.

#include <filesystem>
#include <string>

#include "host/nn/config.hpp"
#include "host/nn/state.hpp"

namespace panther {

std::filesystem::path checkpoint_path(std::filesystem::path const& result);

/// The part of a configuration that a run cannot change when it is resumed: all but [output].
std::string continuing_configuration(RunConfig const& config);

/// Replaces the checkpoint at `path`; the former one stays until the new one is complete.
void write_run_checkpoint(std::filesystem::path const& path, RunConfig const& config,
                          StateMap const& state);

/// Throws CheckpointError if the file is damaged or of another configuration.
StateMap read_run_checkpoint(std::filesystem::path const& path, RunConfig const& config);

}  // namespace panther
