// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One described struct as a group of a result file: a scalar dataset for each field, a 1-D dataset
// for a vector, a sub-group for a nested struct; an absent optional has no dataset. Variants are
// not supported: results hold what was measured, the configuration's alternatives stand in /config.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result_schema.hpp"

namespace panther {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <DescribedStruct Record>
void write_record(hdf5::File& file, std::string const& group, Record const& record);

template <DescribedStruct Record>
void read_record(hdf5::File const& file, std::string const& group, Record& record);

namespace detail {

template <class T>
void write_field(hdf5::File& file, std::string const& path, T const& value) {
  if constexpr (is_optional<T>) {
    if (value) write_field(file, path, *value);
    if (!value && hdf5::exists(file, path)) hdf5::remove(file, path);
  } else if constexpr (DescribedStruct<T>) {
    write_record(file, path, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    hdf5::write_text(file, path, value);
  } else if constexpr (DescribedEnum<T>) {
    hdf5::write_text(file, path, enum_name(value));
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    hdf5::write_texts(file, path, value);
  } else if constexpr (is_vector<T>) {
    hdf5::ScalarKind const kind = hdf5::kind_of<typename T::value_type>();
    hdf5::DatasetHandle const dataset =
        hdf5::create_dataset(file, path, kind, {.size = {value.size()}});
    hdf5::write_rows(file, path, dataset, kind, {0, value.size()}, value.data());
  } else {
    hdf5::write_scalar(file, path, hdf5::kind_of<T>(), &value);
  }
}

template <class T>
void read_field(hdf5::File const& file, std::string const& path, T& value) {
  if constexpr (is_optional<T>) {
    value.reset();
    if (hdf5::exists(file, path)) read_field(file, path, value.emplace());
  } else if constexpr (DescribedStruct<T>) {
    read_record(file, path, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = hdf5::read_text(file, path);
  } else if constexpr (DescribedEnum<T>) {
    value = enum_of<T>(path, hdf5::read_text(file, path));
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    value = hdf5::read_texts(file, path);
  } else if constexpr (is_vector<T>) {
    hdf5::DatasetHandle const dataset = hdf5::open_dataset(file, path);
    value.resize(hdf5::dataset_size(file, path, dataset).at(0));
    hdf5::read_rows(file, path, dataset, hdf5::kind_of<typename T::value_type>(), {0, value.size()},
                    value.data());
  } else {
    hdf5::read_scalar(file, path, hdf5::kind_of<T>(), &value);
  }
}

}  // namespace detail

/// Writes the record, replacing a former one.
template <DescribedStruct Record>
void write_record(hdf5::File& file, std::string const& group, Record const& record) {
  hdf5::make_group(file, group);
  auto visit = [&]<class T>(std::string_view name, T const& value, Field const& field) {
    std::string const path = hdf5::join(group, name);
    detail::write_field(file, path, value);
    if (!hdf5::exists(file, path)) return;
    describe_object(file, path,
                    {std::string(name), std::string(field.unit), std::string(field.doc), field.lo,
                     field.hi, hdf5::ScalarKind::text, ""});
  };
  Record::fields(record, visit);
}

/// Reads a record; throws Hdf5Error if a field is missing or of another type.
template <DescribedStruct Record>
void read_record(hdf5::File const& file, std::string const& group, Record& record) {
  auto visit = [&]<class T>(std::string_view name, T& value, Field const&) {
    detail::read_field(file, hdf5::join(group, name), value);
  };
  Record::fields(record, visit);
}

}  // namespace panther
