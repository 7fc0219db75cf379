// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The text form of the public compiler: a file for every tile and core, an instruction a line
// written as a call,
//   set(d1=1536, imm=0)   load(d1=1537, r1=1536, load_width=16, vec=8)   train(['100100'])   halt()
// Arguments may be named or stand in order. Which names an instruction has is part of its record.

#include <map>
#include <string>
#include <string_view>

#include "host/isa/image.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {

/// Reads one file. Throws ImageError with line, column, token and what is allowed.
ProgramPtr parse_compiler_program(std::string_view text, std::string_view file, Unit unit);

/// Where a file's program belongs: names like net-tile2-core0.puma, tile2/core0, tile3.txt.
struct CompilerFile {
  std::size_t tile = 0;
  bool has_core = false;
  std::size_t core = 0;
};

/// The place that a path names; false if it names no tile.
bool place_of_compiler_file(std::string_view path, CompilerFile& place);

/// An image from files: path -> content. Paths that name no tile are left out; it is an error if
/// none is left.
Image parse_compiler_files(std::map<std::string, std::string> const& files,
                           std::string_view folder);

/// File name -> content, named tileT.puma and tileT-coreC.puma. Data and weights have no such form.
std::map<std::string, std::string> to_compiler_files(Image const& image);

}  // namespace panther::machine
