// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Hashes that every backend must reproduce, made by the CPU backend's plain path.

#include <cstdint>
#include <optional>
#include <string>

namespace panther::gpu_check {

/// Nothing if the group has none.
std::optional<std::uint64_t> golden_hash(std::string const& group);

}  // namespace panther::gpu_check
