// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A configuration as a tree of values that remember where they were written, and the errors about
// it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "host/base/errors.hpp"

namespace panther {

/// One value. A configuration is put together from layers (included files first, then the file
/// itself, then the command line's --set); `layer` numbers the one that wrote this value last.
struct ConfigNode {
  using Table = std::vector<std::pair<std::string, ConfigNode>>;
  using List = std::vector<ConfigNode>;

  std::variant<bool, std::int64_t, double, std::string, List, Table> value = Table{};
  /// "run.toml:3:5", "preset:small:2:1" or "--set device.law=ideal".
  std::string origin;
  int layer = 0;
  /// For a string: each layer that changed it, and to what. A variant needs it to tell keys that an
  /// earlier layer wrote for another alternative from mistakes.
  std::vector<std::pair<int, std::string>> history;

  bool is_table() const { return std::holds_alternative<Table>(value); }
  /// The entry of a table, or nullptr (also if this is not a table).
  ConfigNode const* find(std::string_view key) const;
  ConfigNode* find(std::string_view key);
};

/// The value as TOML would write it, shortened if long; for error messages.
std::string node_text(ConfigNode const& node);

/// "an integer", "a table", ...; for error messages.
std::string_view node_kind(ConfigNode const& node);

/// Lays `upper` over `lower`: tables are merged key by key, everything else (lists too) is
/// replaced.
void merge_config(ConfigNode& lower, ConfigNode&& upper);

/// One thing that is wrong.
struct ConfigProblem {
  std::string origin;   ///< file:line:column or the --set argument
  std::string key;      ///< full dotted key, e.g. network.layers[0].units; empty for a whole file
  std::string message;  ///< what is wrong and what is allowed
};

/// Everything that is wrong with a configuration; what() has one line a problem.
class ConfigError : public UserError {
 public:
  explicit ConfigError(std::vector<ConfigProblem> problems);
  std::vector<ConfigProblem> const& problems() const noexcept { return problems_; }

 private:
  std::vector<ConfigProblem> problems_;
};

/// Throws ConfigError if there are problems.
void throw_if_any(std::vector<ConfigProblem> problems);

/// "a.b" from "a" and "b"; "b" from "" and "b". Keys that TOML would quote are quoted.
std::string join_key(std::string_view path, std::string_view key);

}  // namespace panther
