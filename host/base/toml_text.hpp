// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Single values as TOML text. Numbers have the fewest digits that read back as the same bits.

#include <cstdint>
#include <string>
#include <string_view>

namespace panther {

std::string toml_text(bool value);
std::string toml_text(std::int64_t value);
/// Values above 2^63 - 1, which TOML cannot hold, become a quoted number; the reader takes that
/// back.
std::string toml_text(std::uint64_t value);
std::string toml_text(double value);
/// The fewest digits that give the same float, e.g. 0.1 for 0.1f.
std::string toml_text(float value);
std::string toml_text(std::string_view value);
inline std::string toml_text(std::string const& value) {
  return toml_text(std::string_view(value));
}
inline std::string toml_text(char const* value) { return toml_text(std::string_view(value)); }
inline std::string toml_text(int value) { return toml_text(static_cast<std::int64_t>(value)); }

/// A key, quoted if TOML asks for it.
std::string toml_key(std::string_view key);

}  // namespace panther
