// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Prints a described struct as TOML that read_config takes back to the same bits.

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "host/base/field_types.hpp"
#include "host/base/toml_text.hpp"

namespace panther {

/// One key of a configuration with everything that is known of it; also what documentation pages
/// walk.
struct ConfigEntry {
  enum class Kind { value, table, list_of_tables };
  struct Alternative {
    std::string name;
    std::string doc;
    std::vector<ConfigEntry> entries;
  };

  Kind kind = Kind::value;
  std::string name;
  std::string type;  ///< "integer", "list of numbers", ...
  std::string unit;
  std::string doc;
  double lo = -std::numeric_limits<double>::infinity();
  double hi = std::numeric_limits<double>::infinity();
  std::vector<std::string> allowed;  ///< the words of an enum or the alternatives of a variant
  bool may_be_off = false;           ///< std::optional
  std::string text;                  ///< the value as TOML; empty for tables
  std::vector<ConfigEntry> entries;  ///< of a table
  std::vector<std::vector<ConfigEntry>> elements;  ///< of a list of tables
  /// What stands in the table when it is not "off", or in an element of an empty list of tables, by
  /// default.
  std::vector<ConfigEntry> sample;
  /// For a variant's tag: the alternatives that are not chosen, with their defaults.
  std::vector<Alternative> others;
};

enum class ConfigStyle {
  plain,      ///< keys and values only: the resolved form that results carry
  commented,  ///< documentation, unit, range and allowed words above each key, other alternatives
              ///< commented out
};

/// The keys of a struct, in the order of its fields. Throws std::logic_error if a number is not
/// finite.
template <DescribedStruct T>
std::vector<ConfigEntry> describe_config(T const& value);

/// TOML of the entries. `path` is the dotted key of the table they stand in, empty for the root.
std::string print_entries(std::vector<ConfigEntry> const& entries, ConfigStyle style,
                          std::string const& path = "");

/// TOML of a struct; print_config, then read_config, gives an equal struct.
template <DescribedStruct T>
std::string print_config(T const& value, ConfigStyle style = ConfigStyle::plain) {
  return print_entries(describe_config(value), style);
}

namespace detail {

/// The visitor that collects the entries of one table.
class EntryCollector {
 public:
  std::vector<ConfigEntry> entries;

  template <class T>
  void operator()(std::string_view name, T const& value, Field const& field) {
    if constexpr (IsVariant<T>::value) {
      if (is_inline(name, field)) return add_variant(value, field);
    }
    ConfigEntry entry;
    entry.name = name;
    entry.unit = field.unit;
    entry.doc = field.doc;
    entry.lo = field.lo;
    entry.hi = field.hi;
    fill(entry, value, field);
    entries.push_back(std::move(entry));
  }

  template <class T>
  static std::vector<ConfigEntry> table_entries(T const& value, Field const& field);

 private:
  template <class... A>
  void add_variant(std::variant<A...> const& value, Field const& field);
  template <class T>
  static void fill(ConfigEntry& entry, T const& value, Field const& field);
  template <class T>
  static void fill_list(ConfigEntry& entry, std::vector<T> const& value, Field const& field);
};

template <class T>
std::string value_text(T const& value) {
  if constexpr (IsOptional<T>::value) {
    return value ? value_text(*value) : toml_text("off");
  } else if constexpr (IsVector<T>::value) {
    std::string text = "[";
    for (auto const& element : value) text += (text.size() > 1 ? ", " : "") + value_text(element);
    return text + "]";
  } else if constexpr (DescribedEnum<T>) {
    return toml_text(enum_name(value));
  } else {
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isfinite(value))
        throw std::logic_error("a configuration holds a number that is not finite");
    }
    return toml_text(value);
  }
}

template <class T>
std::string type_text() {
  if constexpr (IsOptional<T>::value) {
    return type_text<typename T::value_type>();
  } else if constexpr (IsVector<T>::value) {
    return "list of " + type_text<typename T::value_type>();
  } else if constexpr (is_table_like<T>) {
    return "table";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "true or false";
  } else if constexpr (std::is_integral_v<T>) {
    return "integer";
  } else if constexpr (std::is_floating_point_v<T>) {
    return "number";
  } else if constexpr (DescribedEnum<T>) {
    return "word";
  } else {
    return "string";
  }
}

template <class T>
std::vector<std::string> allowed_words() {
  if constexpr (IsOptional<T>::value || IsVector<T>::value) {
    return allowed_words<typename T::value_type>();
  } else if constexpr (DescribedEnum<T>) {
    return enum_words<T>();
  } else {
    return {};
  }
}

template <class T>
std::string doc_of() {
  if constexpr (requires { T::doc; }) {
    return std::string(T::doc);
  } else {
    return {};
  }
}

template <class T>
std::vector<ConfigEntry> EntryCollector::table_entries(T const& value, Field const& field) {
  EntryCollector collector;
  if constexpr (IsVariant<T>::value) {
    collector.add_variant(value, field);
  } else {
    static_assert(DescribedStruct<T>, "a field's type must be one that fields.hpp names");
    T::fields(value, collector);
  }
  return std::move(collector.entries);
}

template <class... A>
void EntryCollector::add_variant(std::variant<A...> const& value, Field const& field) {
  std::vector<ConfigEntry::Alternative> all{
      {std::string(A::name), doc_of<A>(), table_entries(A{}, Field{})}...};
  ConfigEntry tag;
  tag.name = tag_of(field);
  tag.type = "word";
  tag.doc = field.doc;
  for (auto const& alternative : all) tag.allowed.push_back(alternative.name);
  tag.text = toml_text(all[value.index()].name);
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(value.index()));
  tag.others = std::move(all);
  entries.push_back(std::move(tag));
  std::visit([this](auto const& chosen) { std::decay_t<decltype(chosen)>::fields(chosen, *this); },
             value);
}

template <class T>
void EntryCollector::fill_list(ConfigEntry& entry, std::vector<T> const& value,
                               Field const& field) {
  entry.kind = ConfigEntry::Kind::list_of_tables;
  for (auto const& element : value) entry.elements.push_back(table_entries(element, field));
  if (value.empty()) entry.sample = table_entries(T{}, field);
}

template <class T>
void EntryCollector::fill(ConfigEntry& entry, T const& value, Field const& field) {
  entry.type = type_text<T>();
  entry.allowed = allowed_words<T>();
  if constexpr (is_table_like<T>) {
    entry.kind = ConfigEntry::Kind::table;
    entry.entries = table_entries(value, field);
  } else if constexpr (IsOptional<T>::value) {
    entry.may_be_off = true;
    if (value) return fill(entry, *value, field);
    entry.text = toml_text("off");
    if constexpr (is_table_like<typename T::value_type>) {
      entry.sample = table_entries(typename T::value_type{}, field);
    }
  } else if constexpr (is_list_of_tables<T>) {
    fill_list(entry, value, field);
  } else {
    entry.text = value_text(value);
  }
}

}  // namespace detail

template <DescribedStruct T>
std::vector<ConfigEntry> describe_config(T const& value) {
  return detail::EntryCollector::table_entries(value, Field{});
}

}  // namespace panther
