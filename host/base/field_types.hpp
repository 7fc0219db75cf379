// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the visitors of described fields share: type tests, names of words and of a variant's keys.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "devicemodels/core/fields.hpp"

namespace panther::detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
struct IsVariant : std::false_type {};
template <class... A>
struct IsVariant<std::variant<A...>> : std::true_type {};

/// True for what is written as a table: a struct or a variant of structs.
template <class T>
inline constexpr bool is_table_like = DescribedStruct<T> || IsVariant<T>::value;

template <class T>
inline constexpr bool is_list_of_tables = false;
template <class T>
inline constexpr bool is_list_of_tables<std::vector<T>> = is_table_like<T>;

/// The key that names a variant's alternative.
inline std::string_view tag_of(Field const& field) {
  return field.tag.empty() ? "kind" : field.tag;
}

/// Whether a variant's keys stand in the table of the struct that visits it, not in one of their
/// own.
inline bool is_inline(std::string_view name, Field const& field) {
  return name.empty() || name == tag_of(field);
}

template <DescribedEnum E>
std::vector<std::string> enum_words() {
  std::vector<std::string> words;
  for (auto const& entry : EnumNames<E>::values) words.emplace_back(entry.second);
  return words;
}

/// Makes `value` hold a default-constructed alternative.
template <class... A>
void set_alternative(std::variant<A...>& value, std::size_t index) {
  using Make = void (*)(std::variant<A...>&);
  constexpr std::array<Make, sizeof...(A)> make{[](std::variant<A...>& v) { v = A{}; }...};
  make[index](value);
}

template <class T>
std::vector<std::string> key_names();

struct KeyCollector {
  std::vector<std::string> keys;

  template <class T>
  void operator()(std::string_view name, T const&, Field const& field) {
    if constexpr (IsVariant<T>::value) {
      if (is_inline(name, field)) return add_variant(static_cast<T const*>(nullptr), field);
    }
    keys.emplace_back(name);
  }

  template <class... A>
  void add_variant(std::variant<A...> const*, Field const& field) {
    keys.emplace_back(tag_of(field));
    (add_all(key_names<A>()), ...);
  }

  void add_all(std::vector<std::string> const& more) {
    keys.insert(keys.end(), more.begin(), more.end());
  }
};

/// All keys that may stand in T's own table.
template <class T>
std::vector<std::string> key_names() {
  T const sample{};
  KeyCollector collector;
  T::fields(sample, collector);
  return collector.keys;
}

}  // namespace panther::detail
