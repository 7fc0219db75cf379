// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Groups, datasets, attributes and dimension scales of one file, by path. Everything is stored
// little-endian, arrays chunked with shuffle, deflate 1 and fletcher32. All functions throw
// Hdf5Error.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/hdf5_handle.hpp"

namespace panther::hdf5 {

/// The element types of our files. `boolean` is an int8 with the attribute dtype = "bool" (xarray's
/// convention); `text` is UTF-8 of at most text_bytes bytes, zero padded (variable-length data is
/// not allowed under SWMR).
enum class ScalarKind : std::uint8_t {
  boolean,
  int8,
  uint8,
  int16,
  int32,
  int64,
  uint64,
  float32,
  float64,
  text,
};

inline constexpr std::size_t text_bytes = 64;

/// The kind that stores T; one of the types listed in kind_of.
template <class T>
constexpr ScalarKind kind_of() {
  if constexpr (std::is_same_v<T, bool>) return ScalarKind::boolean;
  if constexpr (std::is_same_v<T, std::int8_t>) return ScalarKind::int8;
  if constexpr (std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::byte>) {
    return ScalarKind::uint8;
  }
  if constexpr (std::is_same_v<T, std::int16_t>) return ScalarKind::int16;
  if constexpr (std::is_same_v<T, std::int32_t>) return ScalarKind::int32;
  if constexpr (std::is_same_v<T, std::int64_t>) return ScalarKind::int64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return ScalarKind::uint64;
  if constexpr (std::is_same_v<T, float>) return ScalarKind::float32;
  if constexpr (std::is_same_v<T, double>) return ScalarKind::float64;
  return ScalarKind::text;
}

template <class T>
concept ArrayElement = std::is_trivially_copyable_v<T> && kind_of<T>()
!= ScalarKind::text&& kind_of<T>() != ScalarKind::boolean;

std::size_t element_bytes(ScalarKind kind);
std::string_view kind_name(ScalarKind kind);
/// The inverse of what create_dataset stores; empty for a type that is none of ours.
std::optional<ScalarKind> stored_kind(File const& file, std::string_view object,
                                      hid_t dataset_or_attribute_type);
TypeHandle memory_type(ScalarKind kind);

bool exists(File const& file, std::string_view path);
/// Creates the group and its parents where missing.
void make_group(File& file, std::string_view path);
void remove(File& file, std::string_view path);
/// Names in a group, sorted.
std::vector<std::string> list(File const& file, std::string_view group);

enum class Filters {
  packed,  ///< chunked; shuffle, deflate 1, fletcher32
  none,    ///< contiguous as it is in memory
};

struct Shape {
  std::vector<hsize_t> size;
  /// The first dimension can grow.
  bool extendible = false;
  /// Length of a chunk in the first dimension; 0 chooses about 64 KiB a chunk.
  hsize_t chunk_rows = 0;
  Filters filters = Filters::packed;
};

DatasetHandle create_dataset(File& file, std::string_view path, ScalarKind kind,
                             Shape const& shape);
DatasetHandle open_dataset(File const& file, std::string_view path);
std::vector<hsize_t> dataset_size(File const& file, std::string_view path,
                                  DatasetHandle const& dataset);
ScalarKind dataset_kind(File const& file, std::string_view path, DatasetHandle const& dataset);

/// Rows [first, first + count) of the first dimension; count 0 does nothing. `data` holds whole
/// rows.
struct Rows {
  hsize_t first = 0;
  hsize_t count = 0;
};
void write_rows(File& file, std::string_view path, DatasetHandle const& dataset, ScalarKind kind,
                Rows rows, void const* data);
void read_rows(File const& file, std::string_view path, DatasetHandle const& dataset,
               ScalarKind kind, Rows rows, void* data);

/// A scalar number, or a text of any length, replacing what is there.
void write_scalar(File& file, std::string_view path, ScalarKind kind, void const* value);
void read_scalar(File const& file, std::string_view path, ScalarKind kind, void* value);
void write_text(File& file, std::string_view path, std::string_view text);
std::string read_text(File const& file, std::string_view path);
void write_texts(File& file, std::string_view path, std::vector<std::string> const& texts);
std::vector<std::string> read_texts(File const& file, std::string_view path);

/// Attributes of a group or dataset; setting one replaces it.
void set_attribute(File& file, std::string_view object, std::string_view name,
                   std::string_view text);
void set_attribute(File& file, std::string_view object, std::string_view name, std::int64_t value);
void set_attribute(File& file, std::string_view object, std::string_view name, double value);
bool has_attribute(File const& file, std::string_view object, std::string_view name);
std::string text_attribute(File const& file, std::string_view object, std::string_view name);
std::int64_t integer_attribute(File const& file, std::string_view object, std::string_view name);

/// Makes `path` (1-D) the dimension scale of that name.
void make_scale(File& file, std::string_view path, std::string_view name);
void attach_scale(File& file, std::string_view dataset, std::string_view scale, unsigned axis);
/// Attaches the scale `<group>/<name>` with coordinates 0, 1, ... to an axis, creating it the first
/// time. Throws std::invalid_argument if that scale exists with another length.
void attach_counting_scale(File& file, std::string_view dataset, std::string_view group,
                           std::string_view name, unsigned axis, hsize_t length);

std::string join(std::string_view group, std::string_view name);
std::string parent_of(std::string_view path);

}  // namespace panther::hdf5
