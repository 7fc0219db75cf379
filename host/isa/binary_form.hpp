// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The assembled image as bytes, little endian:
//   "PANTHERI", u32 version (1), u32 number of tiles,
//   u32 number of programs; each: u32 unit (0 core, 1 tile), u32 length, length instructions of u64
//   (encoding.hpp), for each tile: u32 program, u32 number of cores; each: u32 core, u32 program;
//                  u32 number of data blocks; each: u32 address, u32 readers, u32 length, length
//                  words of u16; u32 number of weight blocks; each: u32 core, u32 matrix, u32
//                  length, length words of u16.
// A program is given by its number from 1, or 0 for one that only stops.

#include <string>
#include <string_view>

#include "host/isa/image.hpp"

namespace panther::machine {

inline constexpr std::string_view binary_magic = "PANTHERI";

std::string to_binary(Image const& image);

/// Throws ImageError with the byte at fault; never reads outside `bytes`.
Image parse_binary(std::string_view bytes, std::string_view file);

}  // namespace panther::machine
