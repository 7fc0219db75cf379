// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace panther {

/// What this program was built from.
struct BuildInfo {
  std::string_view version;
  /// Full commit hash; "unknown" if the sources were no git checkout.
  std::string_view git_revision;
  /// Tracked files differed from that commit.
  bool git_dirty;
  std::string_view compiler;
  /// Build type and its flags.
  std::string_view compiler_flags;
};

BuildInfo build_info();

}  // namespace panther
