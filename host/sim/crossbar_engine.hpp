// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Our arithmetic: matrix instructions on the emulated crossbars of kernels/. Words have 12 fraction
// bits. f reads with the rows driven, b with the columns driven, so its product is that with the
// transposed weights; d takes signed outer products with a minus sign, aligned by dropping low bits
// step by step as the hardware does; carry resolution writes f and b with the weights plus what d
// holds, and clears d. Everything saturates.

#include <memory>

#include "host/arch/matrix_engine.hpp"

namespace panther::machine {

/// A factory of engines that share one CPU backend. Throws std::invalid_argument if the machine's
/// emulation is inconsistent.
MatrixEngineFactory make_crossbar_engines();

}  // namespace panther::machine
