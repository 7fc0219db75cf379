// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Datasets in MNIST's four IDX files: training images and labels, then test images and labels.

#include <string>
#include <vector>

#include "datasets/dataset.hpp"

namespace panther {

/// The four files under their usual names, with their digests in the order above.
std::vector<DatasetFile> idx_dataset_files(std::vector<std::string> const& sha256);

/// Loader of such a record: single-channel images.
Dataset load_idx_dataset(DatasetRecord const& record, DatasetSearch const& search);

}  // namespace panther
