// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What [data] makes of a dataset's images before a run sees them: a central square, black and
// white.

#include "datasets/dataset.hpp"
#include "host/nn/data_config.hpp"

namespace panther {

/// Crops, then binarises. Throws UserError for a square that the images have not, or that cannot be
/// central.
void prepare_images(DataConfig const& config, Dataset& dataset);

}  // namespace panther
