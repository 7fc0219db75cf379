// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One fuzz input: read as every form that a program has, and, where it is a program, carried
// through the other forms and run.

#include <string_view>

namespace panther::machine::test {

/// Returns if the input is refused with a UserError or handled; anything else is a defect.
void fuzz_one(std::string_view input);

}  // namespace panther::machine::test
