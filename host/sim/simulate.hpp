// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The simulator with the arithmetic that a machine names, and its statistics as HDF5.

#include <string>

#include "host/sim/simulator.hpp"

namespace panther::machine {

/// The engines for machine.arithmetic; empty if matrix instructions compute nothing.
MatrixEngineFactory engine_factory(Machine const& machine);

/// Writes RunStatistics and the machine's description as a new file. Throws Hdf5Error.
void write_statistics_hdf5(std::string const& path, Machine const& machine,
                           RunResult const& result);

}  // namespace panther::machine
