// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a struct describes itself, once, for every reader: configuration parser and printer, HDF5
// writer, help, documentation, sweep axes, error messages.
//
//   struct WriteNoise {
//     NoiseKind kind = NoiseKind::off;
//     double sigma = 0;
//     template <class Self, class Visitor>
//     static void fields(Self& self, Visitor& visit) {
//       visit("kind", self.kind, Field{.doc = "how the noise depends on the state"});
//       visit("sigma", self.sigma, Field{.unit = "1", .doc = "...", .lo = 0, .hi = 10});
//     }
//   };
//
// Types a visitor must accept: bool, std::int64_t, std::uint64_t, int, double, float, std::string,
// described enums (EnumNames), std::optional<T> (absent = the word "off"), std::vector<T>, other
// described structs (a sub-table), and std::variant of described structs that carry `static
// constexpr std::string_view name` (one key, Field::tag, picks the alternative; the alternative's
// keys stand in the same table).

#include <array>
#include <concepts>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace panther {

/// What is known of a field besides its name and value. `lo` and `hi` bound numbers inclusively;
/// for a list they bound each element.
struct Field {
  std::string_view unit = {};
  std::string_view doc = {};
  double lo = -std::numeric_limits<double>::infinity();
  double hi = std::numeric_limits<double>::infinity();
  /// For a variant: the key that names the alternative, e.g. "law". For a vector in a result row:
  /// the name of its dimension, e.g. "slice".
  std::string_view tag = {};
};

/// Specialise for an enum that may stand in a configuration:
///   static constexpr std::array values{std::pair{E::a, std::string_view{"a"}}, ...};
template <class E>
struct EnumNames;

template <class E>
concept DescribedEnum = std::is_enum_v<E> && requires {
  EnumNames<E>::values;
};

namespace detail {
struct AnyVisitor {
  template <class T>
  void operator()(std::string_view, T&, Field const&) {}
};
}  // namespace detail

template <class T>
concept DescribedStruct = std::is_class_v<T> && requires(T& t, detail::AnyVisitor& v) {
  T::fields(t, v);
};

/// The word for an enum value; empty if the value has none.
template <DescribedEnum E>
constexpr std::string_view enum_name(E value) {
  for (auto const& [candidate, name] : EnumNames<E>::values) {
    if (candidate == value) return name;
  }
  return {};
}

}  // namespace panther
