// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A program that cannot be read.

#include <cstddef>
#include <string>
#include <string_view>

#include "host/base/errors.hpp"

namespace panther::machine {

/// what() is "file:line:column: message" (line and column where known). The message names the token
/// at fault and what is allowed.
class ImageError : public UserError {
 public:
  using UserError::UserError;

  static ImageError at(std::string_view file, std::size_t line, std::size_t column,
                       std::string_view message) {
    return ImageError(std::string(file) + ":" + std::to_string(line) + ":" +
                      std::to_string(column) + ": " + std::string(message));
  }
  static ImageError in(std::string_view file, std::string_view where, std::string_view message) {
    return ImageError(std::string(file) + ": " + std::string(where) + ": " + std::string(message));
  }
};

}  // namespace panther::machine
