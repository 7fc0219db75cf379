// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The files of a run by the name of its result, and what may be done with what lies there already.
//   out.h5             the complete result
//   out.running.h5     rows of a run that lasts or died
//   out.checkpoint.h5  what it continues from

#include <filesystem>

#include "host/base/durable_file.hpp"
#include "host/nn/config.hpp"

namespace panther {

/// The name of the result that any of a run's files belongs to.
std::filesystem::path result_of(std::filesystem::path const& file);

/// The file to read of a result that a user named by any of its run's files: the result, or the
/// running file if the run is not complete. Throws UserError if there is neither, or no HDF5 file.
std::filesystem::path require_result(std::filesystem::path const& file);

/// True if the result is there and no newer run is under way or died on its way to replace it.
bool is_complete(std::filesystem::path const& result);

/// Throws UserError, before any work is done, if a run must not or cannot write this result.
void require_target(std::filesystem::path const& result, OnExisting on_existing, bool resume);

/// Throws UserError with the first difference if a complete result is of another configuration.
void require_same_configuration(std::filesystem::path const& result, RunConfig const& config);

}  // namespace panther
