// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A result file for a picture alone, gone afterwards.

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace panther {

class TemporaryResult {
 public:
  TemporaryResult()
      : path_(std::filesystem::temp_directory_path() / fmt::format("panther-{}.h5", getpid())) {}
  TemporaryResult(TemporaryResult const&) = delete;
  TemporaryResult& operator=(TemporaryResult const&) = delete;
  ~TemporaryResult() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace panther
