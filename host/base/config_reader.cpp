// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/config_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "host/base/suggest.hpp"
#include "host/base/toml_text.hpp"

namespace panther::detail {
namespace {

std::string unit_text(Field const& field) {
  return field.unit.empty() || field.unit == "1" ? std::string{} : fmt::format(" {}", field.unit);
}

std::string in_unit_text(Field const& field) {
  std::string const unit = unit_text(field);
  return unit.empty() ? unit : " in" + unit;
}

std::string range_text(std::string const& lowest, std::string const& highest) {
  if (lowest == "-inf") return "must be at most " + highest;
  if (highest == "inf") return "must be at least " + lowest;
  return fmt::format("must lie in [{}, {}]", lowest, highest);
}

bool contains(std::vector<std::string> const& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct Integer {
  std::uint64_t bits = 0;
  bool negative = false;
  long double wide() const {
    return negative ? static_cast<long double>(static_cast<std::int64_t>(bits))
                    : static_cast<long double>(bits);
  }
};

// An integer, or the quoted decimal number that stands for one above 2^63 - 1.
std::optional<Integer> integer_of(ConfigNode const& node, bool quoted_allowed) {
  if (auto const* value = std::get_if<std::int64_t>(&node.value)) {
    return Integer{static_cast<std::uint64_t>(*value), *value < 0};
  }
  auto const* text = std::get_if<std::string>(&node.value);
  if (text == nullptr || text->empty() || !quoted_allowed) return std::nullopt;
  Integer result;
  auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), result.bits);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return result;
}

}  // namespace

void ValueReader::report(ConfigNode const& node, std::string const& key, std::string_view message) {
  problems_.push_back({node.origin, key, fmt::format("{} {}", node_text(node), message)});
}

bool ValueReader::boolean(ConfigNode const& node, std::string const& key, bool& out) {
  if (auto const* value = std::get_if<bool>(&node.value)) {
    out = *value;
    return true;
  }
  report(node, key, fmt::format("must be true or false, not {}", node_kind(node)));
  return false;
}

bool ValueReader::string(ConfigNode const& node, std::string const& key, std::string& out) {
  if (auto const* value = std::get_if<std::string>(&node.value)) {
    out = *value;
    return true;
  }
  report(node, key, fmt::format("must be a string, not {}", node_kind(node)));
  return false;
}

bool ValueReader::number(ConfigNode const& node, std::string const& key, Field const& field,
                         double& out) {
  if (auto const* integer = std::get_if<std::int64_t>(&node.value)) {
    out = static_cast<double>(*integer);
  } else if (auto const* value = std::get_if<double>(&node.value)) {
    out = *value;
  } else {
    report(node, key,
           fmt::format("must be a number{}, not {}", in_unit_text(field), node_kind(node)));
    return false;
  }
  if (!std::isfinite(out)) {
    report(node, key, "must be a finite number");
    return false;
  }
  if (out >= field.lo && out <= field.hi) return true;
  report(node, key,
         range_text(fmt::format("{}", field.lo), fmt::format("{}", field.hi)) + unit_text(field));
  return false;
}

bool ValueReader::integer(ConfigNode const& node, std::string const& key, Field const& field,
                          std::int64_t lowest, std::uint64_t highest, std::uint64_t& out) {
  constexpr auto toml_highest =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  auto const value = integer_of(node, highest > toml_highest);
  if (!value) {
    report(node, key,
           fmt::format("must be an integer{}, not {}", in_unit_text(field), node_kind(node)));
    return false;
  }
  long double const low = std::max<long double>(lowest, field.lo);
  long double const high = std::min<long double>(highest, field.hi);
  if (value->wide() >= low && value->wide() <= high) {
    out = value->bits;
    return true;
  }
  report(
      node, key,
      range_text(fmt::format("{:.0f}", std::ceil(low)), fmt::format("{:.0f}", std::floor(high))) +
          unit_text(field));
  return false;
}

bool ValueReader::word(ConfigNode const& node, std::string const& key,
                       std::vector<std::string> const& words, std::size_t& out) {
  auto const* text = std::get_if<std::string>(&node.value);
  if (text != nullptr && contains(words, *text)) {
    out = static_cast<std::size_t>(std::find(words.begin(), words.end(), *text) - words.begin());
    return true;
  }
  std::string const hint = text == nullptr ? "" : did_you_mean(*text, words);
  report(node, key, "must be one of: " + join_words(words) + hint);
  return false;
}

ConfigNode::List const* ValueReader::list(ConfigNode const& node, std::string const& key) {
  auto const* list = std::get_if<ConfigNode::List>(&node.value);
  if (list == nullptr) report(node, key, fmt::format("must be a list, not {}", node_kind(node)));
  return list;
}

bool ValueReader::table(ConfigNode const& node, std::string const& key) {
  if (node.is_table()) return true;
  report(node, key, fmt::format("must be a table, not {}", node_kind(node)));
  return false;
}

bool is_off(ConfigNode const& node) {
  auto const* text = std::get_if<std::string>(&node.value);
  return text != nullptr && *text == "off";
}

}  // namespace panther::detail
