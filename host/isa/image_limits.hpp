// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a program may name, in all of its forms: far above any machine described, so that a slip of
// the pen in a file of a few bytes is an error instead of gigabytes.

#include <cstddef>

namespace panther::machine {

inline constexpr std::size_t most_image_tiles = 262144;
inline constexpr std::size_t most_image_cores = 65536;

}  // namespace panther::machine
