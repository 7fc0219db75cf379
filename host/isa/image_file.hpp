// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Programs from disk in any of their forms.

#include <string>

#include "host/arch/organisation.hpp"
#include "host/isa/image.hpp"

namespace panther::machine {

/// The forms that a program has. A folder always has the compiler's form.
enum class ImageForm { binary, text, json, compiler };

/// What a content looks like: binary by its first bytes, JSON by its first character, else text.
ImageForm form_of(std::string_view content);

/// Reads a file or a folder of per-core files. `program` picks one of several in a JSON file.
/// Throws ImageError or FileError.
Image load_image(std::string const& path, std::string const& program = {},
                 Organisation const& organisation = {});

}  // namespace panther::machine
