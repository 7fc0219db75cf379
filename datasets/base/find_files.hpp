// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Finding the files of a dataset and reading what they hold.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"

namespace panther {

/// Content of one file of a record.
struct FoundFile {
  std::string path;
  std::string sha256;
  std::vector<std::uint8_t> content;
};

/// Throws DatasetError that says why content with a wrong digest is wrong, if it can tell.
using ExplainDamage = void (*)(DatasetRecord const&, std::vector<FoundFile> const&);

/// The files of `record`, in its order, from the first folder that has all of them; `largest`
/// bounds the uncompressed size of each. Files with the content of another known dataset (the names
/// of MNIST's and Fashion-MNIST's are the same) are passed over. Other content with a wrong digest
/// is an error: first what `explain` finds, else both digests. Throws DatasetError with every place
/// looked at if no folder has the files.
std::vector<FoundFile> find_files(DatasetRecord const& record, DatasetSearch const& search,
                                  std::vector<std::size_t> const& largest, ExplainDamage explain);

/// Paths of the record's files in the first folder that has all of them, unread; empty if there is
/// none. The places looked at go to `looked_at`, a line each.
std::vector<std::string> locate_files(DatasetRecord const& record, DatasetSearch const& search,
                                      std::string& looked_at);

}  // namespace panther
