// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole text files: reading, and writing that leaves either the old or the new content, never a
// part.

#include <string>
#include <string_view>

#include "host/base/errors.hpp"

namespace panther {

/// A file could not be read or written; what() has the path and the system's reason.
class FileError : public UserError {
 public:
  using UserError::UserError;
};

/// The whole content. Throws FileError.
std::string read_text_file(std::string const& path);

/// Replaces (or creates) `path` atomically: a temporary file in the same folder is written, synced
/// to disk, renamed over it, and the folder is synced. Permissions of an existing file are kept; a
/// link is followed. Throws FileError; the temporary file is removed then.
void write_file_atomically(std::string const& path, std::string_view content);

}  // namespace panther
