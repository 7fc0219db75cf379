// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/text_difference.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace panther {
namespace {

/// The line that starts at `start`, and moves `start` behind it; past the end: "(end of text)".
std::string_view next_line(std::string_view text, std::size_t& start) {
  if (start >= text.size()) return "(end of text)";
  std::size_t const end = std::min(text.find('\n', start), text.size());
  std::string_view const line = text.substr(start, end - start);
  start = end + 1;
  return line;
}

}  // namespace

std::string first_difference(std::string_view stored, std::string_view present) {
  if (stored == present) return {};
  std::size_t in_stored = 0;
  std::size_t in_present = 0;
  std::string_view table;
  std::string_view old_line;
  std::string_view new_line;
  int number = 0;
  do {
    if (old_line.starts_with('[')) table = old_line;
    old_line = next_line(stored, in_stored);
    new_line = next_line(present, in_present);
    ++number;
  } while (old_line == new_line && (in_stored < stored.size() || in_present < present.size()));
  std::string const place = table.empty() ? std::string() : fmt::format("{}, ", table);
  return fmt::format("first difference in {}line {}: it has `{}`, now it is `{}`", place, number,
                     old_line, new_line);
}

}  // namespace panther
