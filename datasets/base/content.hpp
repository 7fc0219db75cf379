// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// File content: reading with or without gzip, and digests.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace panther {

/// The uncompressed content. Gzip is told by its first bytes, not by the name. A damaged or
/// truncated stream, bytes after its end, and content of more than `largest` bytes are refused.
/// Throws DatasetError.
std::vector<std::uint8_t> read_content(std::string const& path, std::size_t largest);

/// SHA-256, hexadecimal.
std::string sha256_of(std::span<std::uint8_t const> content);

}  // namespace panther
