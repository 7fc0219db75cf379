// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/result_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace panther {
namespace detail {

void put_text(std::span<std::byte> to, std::string_view column, std::string_view text) {
  if (text.size() > to.size()) {
    throw std::length_error(fmt::format("the text '{}' in column '{}' has {} bytes (at most {})",
                                        text, column, text.size(), to.size()));
  }
  std::fill(to.begin(), to.end(), std::byte{0});
  std::memcpy(to.data(), text.data(), text.size());
}

std::string get_text(std::span<std::byte const> from) {
  auto const* const begin = reinterpret_cast<char const*>(from.data());
  return {begin, std::find(begin, begin + from.size(), '\0')};
}

void throw_unknown_word(std::string_view column, std::string_view text) {
  throw std::invalid_argument(fmt::format(
      "'{}' in column '{}' is none of the words that this version knows", text, column));
}

}  // namespace detail

void describe_object(hdf5::File& file, std::string_view object, std::string_view unit,
                     std::string_view doc) {
  if (!unit.empty()) hdf5::set_attribute(file, object, "units", unit);
  if (!doc.empty()) hdf5::set_attribute(file, object, "description", doc);
}

void describe_object(hdf5::File& file, std::string_view object, ColumnDescription const& column) {
  describe_object(file, object, column.unit, column.doc);
  if (std::isfinite(column.lo)) hdf5::set_attribute(file, object, "minimum", column.lo);
  if (std::isfinite(column.hi)) hdf5::set_attribute(file, object, "maximum", column.hi);
  if (is_wall_clock(column.name)) {
    hdf5::set_attribute(file, object, excluded_from_digest, std::int64_t{1});
  }
}

}  // namespace panther
