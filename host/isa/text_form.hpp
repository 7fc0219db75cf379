// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The assembly language. host/isa/README.md has its grammar.

#include <string>
#include <string_view>

#include "host/arch/organisation.hpp"
#include "host/isa/image.hpp"

namespace panther::machine {

/// Assembles a text; `organisation` gives symbolic registers their addresses.
/// Throws ImageError: "file:line:column: token ... (allowed: ...)".
Image assemble(std::string_view text, std::string_view file, Organisation const& organisation = {});

/// The text that assembles to the image. Jump targets become labels.
std::string disassemble(Image const& image);

}  // namespace panther::machine
