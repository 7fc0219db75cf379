// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Described structs as parts of a result file. A struct says where it stands and what its fields
// are, once:
//
//   struct EpochRow {
//     static constexpr std::string_view group = "/metrics/epoch";
//     static constexpr std::string_view doc = "one row an epoch";
//     std::int64_t epoch = 0;                        // the first field of a row is the index
//     std::vector<std::uint64_t> saturated_slices;   // same length in every row
//     double train_wall_s = 0;
//     template <class Self, class Visitor>
//     static void fields(Self& self, Visitor& visit) {
//       visit("epoch", self.epoch, Field{.doc = "..."});
//       visit("saturated_slices", self.saturated_slices, Field{.unit = "1", .doc = "...", .tag =
//       "slice"}); visit("train_wall_s", self.train_wall_s, Field{.unit = "s", .doc = "..."});
//     }
//   };
//
// Rules, kept here and nowhere else:
// - A column is an extendible dataset `<group>/<name>` with the attributes units, description and,
// where the field
//   has bounds, minimum and maximum. The first field is the dimension scale of all others.
// - A vector column is 2-D; Field::tag names its second dimension (default: `<name>_index`), whose
// scale counts 0, 1, ...
// - A text or enum column is fixed-length UTF-8 of at most hdf5::text_bytes bytes.
// - A column whose name ends in `wall_s` depends on the clock; it carries excluded_from_digest = 1.
// - Bounds are documented, not enforced: a run that went wrong must still be recorded.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "host/base/hdf5_object.hpp"

namespace panther {

/// Version of the layout of result files; the root attribute schema_version. Raised when a reader
/// of the former layout would misread a file, not when a column is added.
inline constexpr std::int64_t result_schema_version = 1;

inline constexpr std::string_view excluded_from_digest = "excluded_from_digest";

/// A described struct with a place in the result file.
template <class T>
concept ResultPart = DescribedStruct<T> && requires {
  { T::group } -> std::convertible_to<std::string_view>;
  { T::doc } -> std::convertible_to<std::string_view>;
};

/// One column of a table, or one field of a record.
struct ColumnDescription {
  std::string name;
  std::string unit;
  std::string doc;
  double lo;
  double hi;
  hdf5::ScalarKind kind;
  /// Name of the second dimension of a vector column; empty for a scalar one.
  std::string dimension;
};

/// A named array of the result file, e.g. the weights of a layer; one constant serves writing and
/// documentation.
struct ArrayDescription {
  std::string_view name{};
  hdf5::ScalarKind kind;
  std::string_view unit{};
  std::string_view doc{};
  /// Names of the dimensions, slowest first; as many as the array has, the rest empty.
  std::array<std::string_view, 4> dimensions{};
};

constexpr bool is_wall_clock(std::string_view name) { return name.ends_with("wall_s"); }

template <class T>
inline constexpr bool is_column_scalar =
    std::is_same_v<T, bool> || std::is_same_v<T, int> || std::is_same_v<T, std::int64_t> ||
    std::is_same_v<T, std::uint64_t> || std::is_same_v<T, float> || std::is_same_v<T, double> ||
    std::is_same_v<T, std::string> || DescribedEnum<T>;

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
struct ColumnElement {
  using type = T;
};
template <class T>
struct ColumnElement<std::vector<T>> {
  using type = T;
};

/// The described columns of a row struct, in order.
template <DescribedStruct Row>
std::vector<ColumnDescription> describe_columns() {
  std::vector<ColumnDescription> columns;
  auto visit = [&columns]<class T>(std::string_view name, T const&, Field const& field) {
    using Element = typename ColumnElement<T>::type;
    static_assert(is_column_scalar<Element>,
                  "a column is a number, a text, an enum or a vector of them");
    static_assert(!std::is_same_v<T, std::vector<bool>>, "use a vector of integers");
    std::string dimension;
    if constexpr (is_vector<T>) {
      dimension = field.tag.empty() ? std::string(name) + "_index" : std::string(field.tag);
    }
    columns.push_back({std::string(name), std::string(field.unit), std::string(field.doc), field.lo,
                       field.hi, hdf5::kind_of<Element>(), dimension});
  };
  Row const row{};
  Row::fields(row, visit);
  return columns;
}

/// Elements of each column in one row: the vectors' lengths, 1 for scalars.
template <DescribedStruct Row>
std::vector<std::size_t> column_widths(Row const& row) {
  std::vector<std::size_t> widths;
  auto visit = [&widths]<class T>(std::string_view, T const& value, Field const&) {
    if constexpr (is_vector<T>) {
      widths.push_back(value.size());
    } else {
      widths.push_back(1);
    }
  };
  Row::fields(row, visit);
  return widths;
}

namespace detail {

/// Throws std::length_error if the text is longer than hdf5::text_bytes.
void put_text(std::span<std::byte> to, std::string_view column, std::string_view text);
std::string get_text(std::span<std::byte const> from);
/// Throws std::invalid_argument: `text` is no value of the enum in `column`.
[[noreturn]] void throw_unknown_word(std::string_view column, std::string_view text);

template <class E>
void put_element(std::span<std::byte> to, std::string_view column, E const& value) {
  if constexpr (std::is_same_v<E, std::string>) {
    put_text(to, column, value);
  } else if constexpr (DescribedEnum<E>) {
    put_text(to, column, enum_name(value));
  } else {
    std::memcpy(to.data(), &value, sizeof(E));
  }
}

template <DescribedEnum E>
E enum_of(std::string_view column, std::string_view text) {
  for (auto const& [value, name] : EnumNames<E>::values) {
    if (name == text) return value;
  }
  throw_unknown_word(column, text);
}

template <class E>
void get_element(std::span<std::byte const> from, std::string_view column, E& value) {
  if constexpr (std::is_same_v<E, std::string>) {
    value = get_text(from);
  } else if constexpr (DescribedEnum<E>) {
    value = enum_of<E>(column, get_text(from));
  } else {
    std::memcpy(&value, from.data(), sizeof(E));
  }
}

}  // namespace detail

/// Writes units, description, bounds and the mark of a wall-clock column as attributes of `object`.
void describe_object(hdf5::File& file, std::string_view object, ColumnDescription const& column);
/// Writes units and description as attributes of `object`.
void describe_object(hdf5::File& file, std::string_view object, std::string_view unit,
                     std::string_view doc);

}  // namespace panther
