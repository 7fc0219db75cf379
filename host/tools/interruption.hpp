// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Training from a command: a run that a signal ended says how to go on with it.

#include <string>

#include "host/run/training_run.hpp"

namespace panther {

/// train(); adds `advice` to what RunInterrupted says.
inline TrainOutcome train_or_explain(TrainRequest const& request, Announce const& announce,
                                     std::string const& advice) {
  try {
    return train(request, announce);
  } catch (RunInterrupted const& stopped) {
    throw RunInterrupted(std::string(stopped.what()) + "; " + advice);
  }
}

}  // namespace panther
