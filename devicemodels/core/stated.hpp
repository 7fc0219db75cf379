// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A key and its number as messages about contradicting keys name them.

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace panther {

/// The shortest decimal number that reads back as `value`.
inline std::string shortest(double value) {
  std::array<char, 32> text{};
  auto const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

/// "key = value"
inline std::string stated(std::string_view key, double value) {
  return std::string(key) + " = " + shortest(value);
}
inline std::string stated(std::string_view key, std::optional<double> value) {
  return value ? stated(key, *value) : std::string(key) + " = off";
}

}  // namespace panther
