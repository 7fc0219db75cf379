// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Fills a described struct (devicemodels/core/fields.hpp) from a configuration.
//
// Reading a key is declaring it: whatever is left over is an error. Keys that are absent keep the
// value that the struct came with. How types are written:
//   bool             true, false
//   integers         an integer that fits the type and the field's range; a std::uint64_t above
//   2^63 - 1, which
//                    TOML cannot hold, as a quoted decimal number
//   double, float    a number; an integer will do; never inf or nan
//   std::string, described enums   a string; for an enum one of its words
//   std::optional<T> the word "off", or what T takes
//   std::vector<T>   a list (of tables for structs); it replaces the default
//   described struct a table
//   std::variant     Field::tag is the key that names the alternative. A variant visited under the
//   name of its
//                    tag, or under "", stands in the visiting struct's own table beside the other
//                    keys; under any other name it is a table of that name.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "host/base/config_node.hpp"
#include "host/base/field_types.hpp"

namespace panther {

/// Reads `table` into `into`. Throws ConfigError with all problems; `into` is then partly filled.
/// `path` is the dotted key of the table itself, empty for the root.
template <DescribedStruct T>
void read_config(ConfigNode const& table, T& into, std::string const& path = "");

namespace detail {

struct AlternativeKeys {
  std::string name;
  std::vector<std::string> keys;
};

/// Reads single values; each function reports to `problems` and returns false if the value cannot
/// be used.
class ValueReader {
 public:
  ValueReader(std::vector<ConfigProblem>& problems) : problems_(problems) {}

  bool boolean(ConfigNode const& node, std::string const& key, bool& out);
  bool string(ConfigNode const& node, std::string const& key, std::string& out);
  bool number(ConfigNode const& node, std::string const& key, Field const& field, double& out);
  /// Two's complement bits of the integer, which lies in [lowest, highest].
  bool integer(ConfigNode const& node, std::string const& key, Field const& field,
               std::int64_t lowest, std::uint64_t highest, std::uint64_t& out);
  /// Index of the word among `words`.
  bool word(ConfigNode const& node, std::string const& key, std::vector<std::string> const& words,
            std::size_t& out);
  ConfigNode::List const* list(ConfigNode const& node, std::string const& key);
  bool table(ConfigNode const& node, std::string const& key);
  void report(ConfigNode const& node, std::string const& key, std::string_view message);

 private:
  std::vector<ConfigProblem>& problems_;
};

bool is_off(ConfigNode const& node);

/// The visitor that reads one table.
class TableReader {
 public:
  TableReader(ConfigNode table, std::string path, std::vector<ConfigProblem>& problems)
      : table_(std::move(table)), path_(std::move(path)), problems_(problems), values_(problems) {}

  template <class T>
  void operator()(std::string_view name, T& value, Field const& field);

  /// Reports keys that nothing declared.
  void finish();

 private:
  /// Declares `name`; the value if the table has it. Throws std::logic_error if it was declared
  /// before.
  ConfigNode const* declare(std::string_view name);
  /// Drops keys that layers before a change of the tag wrote for the alternative of then.
  void drop_stale_keys(ConfigNode const& tag, std::vector<AlternativeKeys> const& alternatives);
  /// Lets finish() say which alternative a leftover key belongs to.
  void note_other_keys(std::string_view tag, std::size_t chosen,
                       std::vector<AlternativeKeys> const& alternatives);
  /// Which alternative the tag names; `current` if it is absent, none if it is wrong.
  std::optional<std::size_t> choose(std::string_view tag, std::size_t current,
                                    std::vector<AlternativeKeys> const& alternatives);

  template <class... A>
  void read_variant(std::variant<A...>& value, Field const& field);
  template <class T>
  void read(ConfigNode const& node, std::string const& key, T& value, Field const& field);
  template <class T>
  void read_number(ConfigNode const& node, std::string const& key, T& value, Field const& field);
  template <class T>
  void read_list(ConfigNode const& node, std::string const& key, std::vector<T>& value,
                 Field const& field);
  template <class T>
  void read_table(ConfigNode const& node, std::string const& key, T& value, Field const& field);

  ConfigNode table_;
  std::string path_;
  std::vector<ConfigProblem>& problems_;
  ValueReader values_;
  std::vector<std::string> known_;
  std::map<std::string, std::string> hints_;
  bool leftovers_allowed_ = false;  // after a wrong tag nobody knows which keys belong
};

template <class T>
void TableReader::operator()(std::string_view name, T& value, Field const& field) {
  if constexpr (IsVariant<T>::value) {
    if (is_inline(name, field)) return read_variant(value, field);
  }
  if (ConfigNode const* node = declare(name)) read(*node, join_key(path_, name), value, field);
}

template <class... A>
void TableReader::read_variant(std::variant<A...>& value, Field const& field) {
  std::string_view const tag = tag_of(field);
  std::vector<AlternativeKeys> const alternatives{{std::string(A::name), key_names<A>()}...};
  auto const chosen = choose(tag, value.index(), alternatives);
  if (!chosen) {
    leftovers_allowed_ = true;
    return;
  }
  note_other_keys(tag, *chosen, alternatives);
  if (*chosen != value.index()) set_alternative(value, *chosen);
  std::visit(
      [this](auto& alternative) {
        std::decay_t<decltype(alternative)>::fields(alternative, *this);
      },
      value);
}

template <class T>
void TableReader::read(ConfigNode const& node, std::string const& key, T& value,
                       Field const& field) {
  if constexpr (std::is_same_v<T, bool>) {
    values_.boolean(node, key, value);
  } else if constexpr (std::is_arithmetic_v<T>) {
    read_number(node, key, value, field);
  } else if constexpr (std::is_same_v<T, std::string>) {
    values_.string(node, key, value);
  } else if constexpr (DescribedEnum<T>) {
    std::size_t index = 0;
    if (values_.word(node, key, enum_words<T>(), index)) value = EnumNames<T>::values[index].first;
  } else if constexpr (IsOptional<T>::value) {
    if (is_off(node)) {
      value.reset();
      return;
    }
    if (!value) value.emplace();
    std::size_t const before = problems_.size();
    read(node, key, *value, field);
    bool const failed = problems_.size() > before;
    if (failed && !is_table_like<typename T::value_type>)
      problems_.back().message += " (or \"off\")";
  } else if constexpr (IsVector<T>::value) {
    read_list(node, key, value, field);
  } else {
    read_table(node, key, value, field);
  }
}

template <class T>
void TableReader::read_number(ConfigNode const& node, std::string const& key, T& value,
                              Field const& field) {
  if constexpr (std::is_floating_point_v<T>) {
    double wide = 0;
    if (!values_.number(node, key, field, wide)) return;
    value = static_cast<T>(wide);
    if (!std::isfinite(value)) values_.report(node, key, "does not fit a 32-bit number");
  } else {
    std::uint64_t bits = 0;
    auto const lowest = static_cast<std::int64_t>(std::numeric_limits<T>::min());
    auto const highest = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    if (values_.integer(node, key, field, lowest, highest, bits)) value = static_cast<T>(bits);
  }
}

template <class T>
void TableReader::read_list(ConfigNode const& node, std::string const& key, std::vector<T>& value,
                            Field const& field) {
  ConfigNode::List const* list = values_.list(node, key);
  if (list == nullptr) return;
  value.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    T element{};
    read((*list)[i], key + "[" + std::to_string(i) + "]", element, field);
    value.push_back(std::move(element));
  }
}

template <class T>
void TableReader::read_table(ConfigNode const& node, std::string const& key, T& value,
                             Field const& field) {
  if (!values_.table(node, key)) return;
  TableReader reader(node, key, problems_);
  if constexpr (IsVariant<T>::value) {
    reader.read_variant(value, field);
  } else {
    static_assert(DescribedStruct<T>, "a field's type must be one that fields.hpp names");
    T::fields(value, reader);
  }
  reader.finish();
}

}  // namespace detail

template <DescribedStruct T>
void read_config(ConfigNode const& table, T& into, std::string const& path) {
  std::vector<ConfigProblem> problems;
  detail::TableReader reader(table, path, problems);
  T::fields(into, reader);
  reader.finish();
  throw_if_any(std::move(problems));
}

}  // namespace panther
