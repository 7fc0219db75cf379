// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// The part of TableReader (config_reader.hpp) that does not depend on the struct: declared keys,
// leftovers and the choice among a variant's alternatives.

#include <fmt/format.h>

#include <algorithm>

#include "host/base/config_reader.hpp"
#include "host/base/suggest.hpp"

namespace panther::detail {
namespace {

bool contains(std::vector<std::string> const& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Removes what layers before `layer` wrote; false if nothing is left.
bool keep_from(ConfigNode& node, int layer) {
  auto* table = std::get_if<ConfigNode::Table>(&node.value);
  if (table == nullptr) return node.layer >= layer;
  std::erase_if(*table, [layer](auto& entry) { return !keep_from(entry.second, layer); });
  return !table->empty() || node.layer >= layer;
}

// The layer of the last change of the tag to an alternative without `key`; 0 if there was none.
int last_change_away(std::string const& key, ConfigNode const& tag,
                     std::vector<AlternativeKeys> const& alternatives) {
  bool owned = false;
  int layer = 0;
  for (auto const& alternative : alternatives) owned = owned || contains(alternative.keys, key);
  if (!owned) return 0;
  for (auto const& [changed_in, name] : tag.history) {
    auto const to = std::find_if(alternatives.begin(), alternatives.end(),
                                 [&name = name](auto const& a) { return a.name == name; });
    if (to != alternatives.end() && !contains(to->keys, key)) layer = changed_in;
  }
  return layer;
}

}  // namespace

ConfigNode const* TableReader::declare(std::string_view name) {
  if (contains(known_, name)) {
    throw std::logic_error(fmt::format("the field '{}' is described twice in '{}'", name, path_));
  }
  known_.emplace_back(name);
  return table_.find(name);
}

std::optional<std::size_t> TableReader::choose(std::string_view tag, std::size_t current,
                                               std::vector<AlternativeKeys> const& alternatives) {
  ConfigNode const* found = declare(tag);
  if (found == nullptr) return current;
  ConfigNode const node = *found;
  std::vector<std::string> names;
  for (auto const& alternative : alternatives) names.push_back(alternative.name);
  std::size_t index = 0;
  if (!values_.word(node, join_key(path_, tag), names, index)) return std::nullopt;
  drop_stale_keys(node, alternatives);
  return index;
}

void TableReader::drop_stale_keys(ConfigNode const& tag,
                                  std::vector<AlternativeKeys> const& alternatives) {
  std::erase_if(std::get<ConfigNode::Table>(table_.value), [&](auto& entry) {
    int const changed_in = last_change_away(entry.first, tag, alternatives);
    return changed_in > 0 && !keep_from(entry.second, changed_in);
  });
}

void TableReader::note_other_keys(std::string_view tag, std::size_t chosen,
                                  std::vector<AlternativeKeys> const& alternatives) {
  std::map<std::string, std::string> owners;
  for (auto const& alternative : alternatives) {
    for (auto const& key : alternative.keys) {
      std::string& names = owners[key];
      names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", alternative.name);
    }
  }
  auto const& own = alternatives[chosen];
  for (auto const& [key, names] : owners) {
    if (contains(own.keys, key)) continue;
    hints_[key] = fmt::format("it belongs to {} = {}, not to \"{}\"", tag, names, own.name);
  }
}

void TableReader::finish() {
  if (leftovers_allowed_) return;
  for (auto const& [key, node] : std::get<ConfigNode::Table>(table_.value)) {
    if (contains(known_, key)) continue;
    auto const hint = hints_.find(key);
    std::string message = "unknown key";
    if (hint != hints_.end()) {
      message += "; " + hint->second;
    } else {
      message += did_you_mean(key, known_);
    }
    message += "; known keys here: " + join_words(known_);
    problems_.push_back({node.origin, join_key(path_, key), message});
  }
}

}  // namespace panther::detail
