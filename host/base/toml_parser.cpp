// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/toml_parser.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

namespace panther {
namespace {

// How the origin of a node is written: by its place in a file, or one fixed text for a command-line
// value.
struct Origins {
  std::string name;
  bool with_position = true;

  std::string at(toml::source_position const& place) const {
    return with_position ? fmt::format("{}:{}:{}", name, place.line, place.column) : name;
  }
};

class Converter {
 public:
  Converter(Origins origins, int layer, std::vector<ConfigProblem>& problems)
      : origins_(std::move(origins)), layer_(layer), problems_(problems) {}

  ConfigNode convert(toml::node const& source, std::string const& path) {
    ConfigNode node;
    node.origin = origins_.at(source.source().begin);
    node.layer = layer_;
    if (auto const* table = source.as_table()) {
      node.value = convert_table(*table, path);
    } else if (auto const* list = source.as_array()) {
      node.value = convert_list(*list, path);
    } else if (auto const* text = source.as_string()) {
      node.value = text->get();
      node.history.emplace_back(layer_, text->get());
    } else if (auto const* integer = source.as_integer()) {
      node.value = integer->get();
    } else if (auto const* number = source.as_floating_point()) {
      node.value = number->get();
    } else if (auto const* flag = source.as_boolean()) {
      node.value = flag->get();
    } else {
      problems_.push_back({node.origin, path, "dates and times have no meaning here"});
    }
    return node;
  }

 private:
  ConfigNode::Table convert_table(toml::table const& source, std::string const& path) {
    std::vector<std::pair<toml::key const*, toml::node const*>> entries;
    for (auto const& [key, node] : source) entries.emplace_back(&key, &node);
    std::stable_sort(entries.begin(), entries.end(), [](auto const& a, auto const& b) {
      return a.first->source().begin < b.first->source().begin;
    });
    ConfigNode::Table table;
    for (auto const& [key, node] : entries) {
      table.emplace_back(std::string(key->str()), convert(*node, join_key(path, key->str())));
      table.back().second.origin = origins_.at(key->source().begin);
    }
    return table;
  }

  ConfigNode::List convert_list(toml::array const& source, std::string const& path) {
    ConfigNode::List list;
    for (auto const& node : source) {
      list.push_back(convert(node, fmt::format("{}[{}]", path, list.size())));
    }
    return list;
  }

  Origins origins_;
  int layer_;
  std::vector<ConfigProblem>& problems_;
};

bool may_be_bare_word(std::string_view text) {
  return !text.empty() && std::string_view("[{\"'").find(text.front()) == std::string_view::npos;
}

std::optional<toml::table> parse_as_value(std::string_view text, std::string& why) {
  try {
    toml::table table = toml::parse(fmt::format("value = {}", text));
    if (table.size() == 1) return table;
    why = "more than one value";
  } catch (toml::parse_error const& error) {
    why = error.description();
  }
  return std::nullopt;
}

}  // namespace

ConfigNode parse_toml(std::string_view text, std::string const& name, int layer,
                      std::vector<ConfigProblem>& problems) {
  Origins const origins{.name = name};
  ConfigNode empty;
  empty.origin = name;
  empty.layer = layer;
  try {
    toml::table const table = toml::parse(text, name);
    return Converter(origins, layer, problems).convert(table, "");
  } catch (toml::parse_error const& error) {
    problems.push_back({origins.at(error.source().begin), "", std::string(error.description())});
    return empty;
  }
}

ConfigNode parse_toml_value(std::string_view text, std::string const& origin, int layer,
                            std::vector<ConfigProblem>& problems) {
  std::string why;
  auto const table = parse_as_value(text, why);
  if (table) {
    Origins const origins{.name = origin, .with_position = false};
    return Converter(origins, layer, problems).convert(*table->get("value"), "");
  }
  ConfigNode node;
  node.origin = origin;
  node.layer = layer;
  if (!may_be_bare_word(text)) problems.push_back({origin, "", "not a TOML value: " + why});
  node.value = std::string(text);
  node.history.emplace_back(layer, std::string(text));
  return node;
}

}  // namespace panther
