// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The file of look-up tables that a run's devices follow. A configuration has its name, but a run
// is made of its content: provenance tells which, and a run goes on with no other.
// An evaluation moves no device, so that it does not matter there.

#include <filesystem>
#include <optional>
#include <string>

#include "datasets/dataset.hpp"
#include "devicemodels/device.hpp"

namespace panther {

/// The file with its checksum; nothing if the devices need none. Throws FileError.
std::optional<DatasetSource> table_file_of(DeviceConfig const& device);

/// A line of Provenance::dataset_checksums.
std::string checksum_line(DatasetSource const& source);

/// Throws UserError with both checksums unless this result, complete or unfinished, was begun with
/// the same content. Also if its provenance does not tell.
void require_same_table(std::filesystem::path const& result,
                        std::optional<DatasetSource> const& table);

}  // namespace panther
