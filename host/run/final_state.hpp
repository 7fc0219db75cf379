// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The end of a run in its result file, /layers/<name>: final weights, level histograms and device
// states.

#include <filesystem>

#include "host/base/result_file.hpp"
#include "host/nn/trainer.hpp"

namespace panther {

/// "/layers/layer_0"
std::string layer_path(int index);

void write_final_state(ResultWriter& writer, Trainer const& trainer, RunConfig const& config);

/// Puts the stored device states of a result into a trainer. Throws UserError if it has none.
void load_final_state(ResultReader const& reader, std::string const& name, Trainer& trainer);

/// The same from the checkpoint of an unfinished run of `config`. Throws UserError if there is none
/// yet.
void load_checkpoint_state(std::filesystem::path const& checkpoint, RunConfig const& config,
                           Trainer& trainer);

}  // namespace panther
