// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which field of a described struct was set to something else than its default: for refusing
// settings that would have no effect.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "devicemodels/core/fields.hpp"

namespace panther {

namespace detail {
/// Collects dotted names and values of numbers, words, switches and lists of integers.
class FieldValues {
 public:
  template <class T>
  void operator()(std::string_view name, T const& value, Field const&) {
    std::string const path = prefix_ + std::string(name);
    if constexpr (DescribedStruct<T>) {
      std::string const outer = std::exchange(prefix_, path + ".");
      T::fields(value, *this);
      prefix_ = outer;
    } else {
      fields.emplace_back(path, numbers(value));
    }
  }

  std::vector<std::pair<std::string, std::vector<double>>> fields;

 private:
  template <class T>
  static std::vector<double> numbers(T const& value) {
    return {static_cast<double>(value)};
  }
  static std::vector<double> numbers(std::vector<int> const& values) {
    return {values.begin(), values.end()};
  }

  std::string prefix_;
};
}  // namespace detail

/// Dotted name of the first field that differs from the default; empty if none does.
template <DescribedStruct T>
std::string changed_field(T const& value) {
  detail::FieldValues found;
  detail::FieldValues defaults;
  T::fields(value, found);
  T const unchanged;
  T::fields(unchanged, defaults);
  for (std::size_t i = 0; i < found.fields.size(); ++i) {
    if (found.fields[i].second != defaults.fields[i].second) return found.fields[i].first;
  }
  return {};
}

}  // namespace panther
