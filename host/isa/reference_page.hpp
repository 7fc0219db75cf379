// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reference page of the instruction set, written from the records.

#include <string>

namespace panther::machine {

/// Markdown; host/isa/REFERENCE.md holds it and a test keeps it fresh.
std::string instruction_reference();

}  // namespace panther::machine
