// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// The command line's overrides: parsing of "a.b[0].c=value" and laying it over a configuration.

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

#include "host/base/config_loader.hpp"
#include "host/base/toml_parser.hpp"

namespace panther {
namespace {

// A step down the tree: a key of a table, or an element of the list just reached.
using Step = std::variant<std::string, std::size_t>;

class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  // The steps before '='; false if the text is not a path followed by '='.
  bool parse(std::vector<Step>& steps) {
    do {
      std::string key;
      if (!parse_key(key)) return false;
      steps.emplace_back(std::move(key));
      while (take('[')) {
        std::size_t index = 0;
        if (!parse_index(index)) return false;
        steps.emplace_back(index);
      }
    } while (take('.'));
    return take('=');
  }

  std::string_view rest() const { return text_.substr(place_); }

 private:
  bool take(char wanted) {
    if (place_ >= text_.size() || text_[place_] != wanted) return false;
    ++place_;
    return true;
  }

  bool parse_key(std::string& key) {
    bool const quoted = take('"');
    auto const end = text_.find_first_of(quoted ? "\"" : ".[]= \t\"'", place_);
    if (end == std::string_view::npos || end == place_) return false;
    key = text_.substr(place_, end - place_);
    place_ = end + (quoted ? 1 : 0);
    return true;
  }

  bool parse_index(std::size_t& index) {
    char const* const begin = text_.data() + place_;
    auto const [end, error] = std::from_chars(begin, text_.data() + text_.size(), index);
    if (error != std::errc{}) return false;
    place_ += static_cast<std::size_t>(end - begin);
    return take(']');
  }

  std::string_view text_;
  std::size_t place_ = 0;
};

// Goes down one step, making tables where there are none (written at `origin`); nullptr (and `why`)
// if a list has no such element, or a key is asked of it.
ConfigNode* descend(ConfigNode& node, Step const& step, std::string const& origin,
                    std::string& why) {
  if (auto const* index = std::get_if<std::size_t>(&step)) {
    auto* list = std::get_if<ConfigNode::List>(&node.value);
    if (list == nullptr) {
      why = "no list stands there in the files";
      return nullptr;
    }
    if (*index >= list->size()) {
      why = fmt::format("index {} is out of range: the list has {} element(s), counted from 0",
                        *index, list->size());
      return nullptr;
    }
    return &(*list)[*index];
  }
  auto const& key = std::get<std::string>(step);
  if (std::holds_alternative<ConfigNode::List>(node.value)) {
    why = fmt::format("a list stands before '{}': name one of its elements, as in layers[0]", key);
    return nullptr;
  }
  if (!node.is_table()) {
    node.value = ConfigNode::Table{};
    node.origin = origin;
  }
  if (ConfigNode* present = node.find(key)) return present;
  auto& table = std::get<ConfigNode::Table>(node.value);
  return &table.emplace_back(key, ConfigNode{}).second;
}

void apply_set(ConfigNode& config, std::string const& set, int layer,
               std::vector<ConfigProblem>& problems) {
  std::string const origin = "--set " + set;
  std::vector<Step> steps;
  PathParser parser(set);
  if (!parser.parse(steps)) {
    problems.push_back({origin, "", "must be KEY=VALUE, e.g. network.layers[0].units=64"});
    return;
  }
  if (parser.rest().empty()) {
    problems.push_back({origin, "", "the value is missing after '=' (an empty text is '\"\"')"});
    return;
  }
  ConfigNode value = parse_toml_value(parser.rest(), origin, layer, problems);
  ConfigNode* node = &config;
  std::string why;
  for (auto const& step : steps) {
    node = descend(*node, step, origin, why);
    if (node == nullptr) {
      problems.push_back({origin, "", why});
      return;
    }
    node->layer = layer;
    if (node->origin.empty()) node->origin = origin;
  }
  merge_config(*node, std::move(value));
}

int last_layer(ConfigNode const& node) {
  int last = node.layer;
  if (auto const* table = std::get_if<ConfigNode::Table>(&node.value)) {
    for (auto const& entry : *table) last = std::max(last, last_layer(entry.second));
  }
  return last;
}

}  // namespace

void apply_sets(ConfigNode& config, std::span<std::string const> sets) {
  int const layer = last_layer(config) + 1;
  std::vector<ConfigProblem> problems;
  for (auto const& set : sets) apply_set(config, set, layer, problems);
  throw_if_any(std::move(problems));
}

}  // namespace panther
