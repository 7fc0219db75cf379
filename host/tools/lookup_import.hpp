// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Look-up tables from measurements.
//
// Pulse trains. Every pulse gives a pair (conductance before, change). The grid spans the
// conductances from which both directions were measured. For each direction and point of the grid,
// pairs nearer than the bandwidth weigh 1 - distance / bandwidth (a triangle):
//   mean       the value at the point of the weighted least-squares line through their changes
//              (local linear regression, Cleveland, JASA 74, 1979), the weighted mean where the
//              pairs stand at one conductance: no bias where the step size has a slope, or at ends
//   quantiles  the mean plus weighted quantiles of the residuals, each pair's change less the mean
//              at its own conductance; a quantile is the mean over a cell of probability, so that a
//              table's mean is the mean above
// A point with fewer than three pairs in reach is a hole, and an error.
//
// CrossSim's tables (dG_increasing.txt, dG_decreasing.txt): a line of text, one of conductances in
// siemens, one of probabilities (0 to 1), then a line of changes a probability, a change a
// conductance. Interpolated linearly onto uniform grids of as many points.

#include <string>

#include "devicemodels/core/lookup_table.hpp"
#include "host/tools/pulse_table.hpp"

namespace panther {

struct ImportPlan {
  int bandwidth_percent = 5;  // of the grid's range
  int conductances = 129;
  int levels = 128;
  bool per_device = false;  // a table a device, not one over all
};

/// Throws UserError naming what is missing, where, and what is allowed.
LookupTable imported(PulseTable const& measured, ImportPlan const& plan);

/// CrossSim's pair of tables. Throws UserError naming file, line, field, value and what is allowed.
LookupTable imported_from_crosssim(std::string const& set_file, std::string const& reset_file);

}  // namespace panther
