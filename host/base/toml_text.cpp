// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/toml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace panther {
namespace {

// TOML tells a float from an integer by its point or exponent.
std::string with_point(std::string text) {
  bool const plain = text.find_first_not_of("-0123456789") == std::string::npos;
  return plain ? text + ".0" : text;
}

}  // namespace

std::string toml_text(bool value) { return value ? "true" : "false"; }

std::string toml_text(std::int64_t value) { return fmt::format("{}", value); }

std::string toml_text(std::uint64_t value) {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return value <= largest ? fmt::format("{}", value) : fmt::format("\"{}\"", value);
}

std::string toml_text(double value) {
  if (std::isnan(value)) return "nan";
  return with_point(fmt::format("{}", value));
}

std::string toml_text(float value) {
  std::string const text = fmt::format("{}", value);
  // Reading goes through double; in the rare case that rounding twice misses, write the double's
  // digits.
  bool const exact =
      std::isnan(value) || static_cast<float>(std::strtod(text.c_str(), nullptr)) == value;
  return exact && !std::isnan(value) ? with_point(text) : toml_text(static_cast<double>(value));
}

std::string toml_text(std::string_view value) {
  std::string text = "\"";
  for (char const c : value) {
    auto const byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      text += fmt::format("\\u{:04X}", byte);
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::string toml_key(std::string_view key) {
  auto const bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  bool const plain = !key.empty() && std::all_of(key.begin(), key.end(), bare);
  return plain ? std::string(key) : toml_text(key);
}

}  // namespace panther
