// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every case of the check, by the operation it exercises.

#include <vector>

#include "host/tools/gpu_check/arena.hpp"

namespace panther::gpu_check {

std::vector<Case> age_cases();
std::vector<Case> apparent_cases();
std::vector<Case> read_cases();
std::vector<Case> analog_cases();
std::vector<Case> update_cases();
std::vector<Case> resolve_cases();
std::vector<Case> vector_cases();
std::vector<Case> element_cases();
std::vector<Case> wear_cases();
std::vector<Case> wire_cases();

/// All of them, in groups.
std::vector<Case> kernel_cases();

/// Whole runs of some networks.
std::vector<Case> training_cases();

}  // namespace panther::gpu_check
