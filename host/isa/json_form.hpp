// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Programs as JSON, the form of the published oracle:
//   {"tile0": [["send", 0, 0, 16, 2, 8], ["halt"]], "tile2/core0": [["set", 1536, 0, 1], ...],
//   "_tiles": 3}
// A file holds one such object or several by name. "tileT/data": [[address, readers, word, ...],
// ...] and "tileT/coreC/weights": [[matrix, word, ...], ...] are our additions.

#include <string>
#include <string_view>
#include <vector>

#include "host/isa/image.hpp"

namespace panther::machine {

/// Names of the programs in a JSON text; empty for a text that is one program.
/// Throws ImageError on malformed text.
std::vector<std::string> json_program_names(std::string_view text, std::string_view file);

/// Program `name` of the text (empty: the only one). Throws ImageError.
Image parse_json_program(std::string_view text, std::string_view file, std::string_view name = {});

std::string to_json(Image const& image);

}  // namespace panther::machine
