// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Described structs as JSON, for --json output. Keys as in the configuration; an absent optional is
// null and a number that is not finite is null, because JSON has no word for either.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "host/base/field_types.hpp"

namespace panther {

using Json = nlohmann::ordered_json;

/// One object with the struct's fields in their order.
template <DescribedStruct T>
Json described_json(T const& value);

namespace detail {

class JsonVisitor {
 public:
  Json object = Json::object();

  template <class T>
  void operator()(std::string_view name, T const& value, Field const& field) {
    if constexpr (IsVariant<T>::value) {
      if (is_inline(name, field)) return add_variant(value, field);
    }
    object[std::string(name)] = convert(value, field);
  }

  template <class T>
  static Json convert(T const& value, Field const& field) {
    if constexpr (IsOptional<T>::value) {
      return value ? convert(*value, field) : Json(nullptr);
    } else if constexpr (IsVector<T>::value) {
      Json list = Json::array();
      for (auto const& element : value) list.push_back(convert(element, field));
      return list;
    } else if constexpr (IsVariant<T>::value) {
      JsonVisitor visitor;
      visitor.add_variant(value, field);
      return std::move(visitor.object);
    } else if constexpr (DescribedStruct<T>) {
      return described_json(value);
    } else if constexpr (DescribedEnum<T>) {
      return Json(std::string(enum_name(value)));
    } else {
      return Json(value);
    }
  }

 private:
  template <class... A>
  void add_variant(std::variant<A...> const& value, Field const& field) {
    std::visit(
        [&](auto const& chosen) {
          using Chosen = std::decay_t<decltype(chosen)>;
          object[std::string(tag_of(field))] = std::string(Chosen::name);
          Chosen::fields(chosen, *this);
        },
        value);
  }
};

}  // namespace detail

/// A list of them.
template <DescribedStruct T>
Json described_json(std::vector<T> const& values) {
  return detail::JsonVisitor::convert(values, Field{});
}

template <DescribedStruct T>
Json described_json(T const& value) {
  detail::JsonVisitor visitor;
  T::fields(value, visitor);
  return std::move(visitor.object);
}

}  // namespace panther
