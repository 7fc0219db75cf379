// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/config_node.hpp"

#include <algorithm>

#include "host/base/toml_text.hpp"

namespace panther {
namespace {

constexpr std::size_t longest_text = 60;

std::string problems_text(std::vector<ConfigProblem> const& problems) {
  std::string text;
  for (auto const& problem : problems) {
    if (!text.empty()) text += '\n';
    text += problem.origin + ": ";
    if (!problem.key.empty()) text += problem.key + ": ";
    text += problem.message;
  }
  return text;
}

std::string list_text(ConfigNode::List const& list) {
  std::string text = "[";
  for (auto const& element : list) {
    if (text.size() > 1) text += ", ";
    text += node_text(element);
    if (text.size() > longest_text) break;
  }
  return text + "]";
}

struct TextOf {
  std::string operator()(bool value) const { return toml_text(value); }
  std::string operator()(std::int64_t value) const { return toml_text(value); }
  std::string operator()(double value) const { return toml_text(value); }
  std::string operator()(std::string const& value) const { return toml_text(value); }
  std::string operator()(ConfigNode::List const& list) const { return list_text(list); }
  std::string operator()(ConfigNode::Table const& table) const {
    return table.empty() ? "{}" : "{" + table.front().first + " = ...}";
  }
};

}  // namespace

ConfigNode const* ConfigNode::find(std::string_view key) const {
  auto const* table = std::get_if<Table>(&value);
  if (table == nullptr) return nullptr;
  auto const found = std::find_if(table->begin(), table->end(),
                                  [&](auto const& entry) { return entry.first == key; });
  return found == table->end() ? nullptr : &found->second;
}

ConfigNode* ConfigNode::find(std::string_view key) {
  return const_cast<ConfigNode*>(std::as_const(*this).find(key));
}

std::string node_text(ConfigNode const& node) {
  std::string text = std::visit(TextOf{}, node.value);
  if (text.size() > longest_text) text = text.substr(0, longest_text) + "...";
  return text;
}

std::string_view node_kind(ConfigNode const& node) {
  constexpr std::string_view kinds[] = {"true or false", "an integer", "a number",
                                        "a string",      "a list",     "a table"};
  return kinds[node.value.index()];
}

void merge_config(ConfigNode& lower, ConfigNode&& upper) {
  if (lower.is_table() && upper.is_table()) {
    for (auto& [key, node] : std::get<ConfigNode::Table>(upper.value)) {
      if (ConfigNode* present = lower.find(key)) {
        merge_config(*present, std::move(node));
      } else {
        std::get<ConfigNode::Table>(lower.value).emplace_back(key, std::move(node));
      }
    }
    lower.origin = std::move(upper.origin);
    lower.layer = upper.layer;
    return;
  }
  auto const* before = std::get_if<std::string>(&lower.value);
  auto const* after = std::get_if<std::string>(&upper.value);
  if (before != nullptr && after != nullptr) {
    auto history = std::move(lower.history);
    if (*before != *after) history.emplace_back(upper.layer, *after);
    upper.history = std::move(history);
  }
  lower = std::move(upper);
}

ConfigError::ConfigError(std::vector<ConfigProblem> problems)
    : UserError(problems_text(problems)), problems_(std::move(problems)) {}

void throw_if_any(std::vector<ConfigProblem> problems) {
  if (!problems.empty()) throw ConfigError(std::move(problems));
}

std::string join_key(std::string_view path, std::string_view key) {
  std::string const name = toml_key(key);
  return path.empty() ? name : std::string(path) + "." + name;
}

}  // namespace panther
