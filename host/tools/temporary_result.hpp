// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Result files that a command writes, draws, or writes for a picture alone, gone afterwards.

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <initializer_list>
#include <string>
#include <system_error>

#include "host/base/errors.hpp"

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

/// Calls write(file) and plot(file, picture), each if its path is given.
template <class Write, class Plot>
void write_and_draw(std::string const& result, std::string const& picture, Write const& write,
                    Plot const& plot) {
  if (!result.empty()) write(result);
  if (picture.empty()) return;
  if (!result.empty()) return plot(result, picture);
  TemporaryResult const temporary;
  write(temporary.path());
  plot(temporary.path(), picture);
}

/// Throws UserError if one of the files is there.
inline void refuse_existing(std::initializer_list<std::string> paths) {
  for (std::string const& path : paths) {
    if (path.empty() || !std::filesystem::exists(path)) continue;
    throw UserError(fmt::format("{} exists; --overwrite replaces it", path));
  }
}

}  // namespace panther
