// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The IDX format of MNIST and its relatives (http://yann.lecun.com/exdb/mnist/): two zero bytes, a
// type byte (8: unsigned bytes), the number of dimensions, each dimension as a big-endian 32-bit
// number, then the data.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace panther {

/// Checks the header against `dimensions` and the length against the header; the data. Throws
/// DatasetError that begins with the path.
std::span<std::uint8_t const> parse_idx(std::span<std::uint8_t const> content,
                                        std::vector<std::size_t> const& dimensions,
                                        std::string const& path);

/// Bytes of an IDX file of these dimensions.
std::size_t idx_size(std::vector<std::size_t> const& dimensions);

/// Throws DatasetError naming the first label that is not below `classes`.
void check_labels(std::span<std::uint8_t const> labels, int classes, std::string const& path);

}  // namespace panther
