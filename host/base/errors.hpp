// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Errors that are the user's to mend. main() prints what() and leaves with exit_code(); everything
// else that is thrown is a defect of the program.

#include <stdexcept>

namespace panther {

/// Something the user gave or asked for cannot be done. what() says what, where and what is
/// allowed.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  /// 1: failed.
  virtual int exit_code() const noexcept { return 1; }
};

/// The command line itself is wrong.
class UsageError : public UserError {
 public:
  using UserError::UserError;
  /// 2: wrong use.
  int exit_code() const noexcept override { return 2; }
};

}  // namespace panther
