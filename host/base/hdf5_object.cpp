// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/hdf5_object.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "host/base/hdf5_internal.hpp"

namespace panther::hdf5 {
namespace {

constexpr hsize_t chunk_bytes_wanted = 64 * 1024;
constexpr unsigned deflate_level = 1;

struct KindInfo {
  ScalarKind kind;
  std::string_view name;
  std::size_t bytes;
};

constexpr std::array kinds{
    KindInfo{ScalarKind::boolean, "bool", 1},    KindInfo{ScalarKind::int8, "int8", 1},
    KindInfo{ScalarKind::uint8, "uint8", 1},     KindInfo{ScalarKind::int16, "int16", 2},
    KindInfo{ScalarKind::int32, "int32", 4},     KindInfo{ScalarKind::int64, "int64", 8},
    KindInfo{ScalarKind::uint64, "uint64", 8},   KindInfo{ScalarKind::float32, "float32", 4},
    KindInfo{ScalarKind::float64, "float64", 8}, KindInfo{ScalarKind::text, "text", text_bytes},
};

KindInfo const& info(ScalarKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

TypeHandle fixed_text(Where const& where) {
  TypeHandle type(call(where, "describe the type of", H5Tcopy, H5T_C_S1));
  call(where, "describe the type of", H5Tset_size, type.id(), text_bytes);
  call(where, "describe the type of", H5Tset_strpad, type.id(), H5T_STR_NULLPAD);
  call(where, "describe the type of", H5Tset_cset, type.id(), H5T_CSET_UTF8);
  return type;
}

hid_t little_endian(ScalarKind kind) {
  switch (kind) {
    case ScalarKind::uint8:
      return H5T_STD_U8LE;
    case ScalarKind::int16:
      return H5T_STD_I16LE;
    case ScalarKind::int32:
      return H5T_STD_I32LE;
    case ScalarKind::int64:
      return H5T_STD_I64LE;
    case ScalarKind::uint64:
      return H5T_STD_U64LE;
    case ScalarKind::float32:
      return H5T_IEEE_F32LE;
    case ScalarKind::float64:
      return H5T_IEEE_F64LE;
    case ScalarKind::boolean:
    case ScalarKind::int8:
    case ScalarKind::text:
      break;
  }
  return H5T_STD_I8LE;
}

hid_t native(ScalarKind kind) {
  switch (kind) {
    case ScalarKind::uint8:
      return H5T_NATIVE_UINT8;
    case ScalarKind::int16:
      return H5T_NATIVE_INT16;
    case ScalarKind::int32:
      return H5T_NATIVE_INT32;
    case ScalarKind::int64:
      return H5T_NATIVE_INT64;
    case ScalarKind::uint64:
      return H5T_NATIVE_UINT64;
    case ScalarKind::float32:
      return H5T_NATIVE_FLOAT;
    case ScalarKind::float64:
      return H5T_NATIVE_DOUBLE;
    case ScalarKind::boolean:
    case ScalarKind::int8:
    case ScalarKind::text:
      break;
  }
  return H5T_NATIVE_INT8;
}

TypeHandle file_type(ScalarKind kind, Where const& where) {
  if (kind == ScalarKind::text) return fixed_text(where);
  return TypeHandle(call(where, "describe the type of", H5Tcopy, little_endian(kind)));
}

TypeHandle memory_type_at(ScalarKind kind, Where const& where) {
  if (kind == ScalarKind::text) return fixed_text(where);
  return TypeHandle(call(where, "describe the type of", H5Tcopy, native(kind)));
}

/// The chunk of an array: about chunk_bytes_wanted that follow each other in memory; every length
/// at least 1.
std::vector<hsize_t> chunk_of(Shape const& shape, std::size_t bytes_of_element) {
  std::vector<hsize_t> chunk = shape.size;
  hsize_t bytes = bytes_of_element;
  for (std::size_t axis = chunk.size(); axis-- > 0;) {
    bool const grows = axis == 0 && shape.extendible;
    hsize_t const wanted = axis == 0 && shape.chunk_rows > 0
                               ? shape.chunk_rows
                               : std::max<hsize_t>(chunk_bytes_wanted / bytes, 1);
    chunk[axis] = grows ? wanted : std::min(wanted, std::max<hsize_t>(chunk[axis], 1));
    bytes *= chunk[axis];
  }
  return chunk;
}

PropertyHandle creation_of_array(Where const& where, Shape const& shape,
                                 std::size_t bytes_of_element) {
  PropertyHandle creation(call(where, "set up", H5Pcreate, H5P_DATASET_CREATE));
  if (shape.filters == Filters::none) return creation;
  std::vector<hsize_t> const chunk = chunk_of(shape, bytes_of_element);
  call(where, "set up", H5Pset_chunk, creation.id(), static_cast<int>(chunk.size()), chunk.data());
  call(where, "set up", H5Pset_shuffle, creation.id());
  call(where, "set up", H5Pset_deflate, creation.id(), deflate_level);
  call(where, "set up", H5Pset_fletcher32, creation.id());
  return creation;
}

/// Memory and file selections of whole rows.
struct Selection {
  SpaceHandle memory;
  SpaceHandle file;
  bool empty = false;
};

Selection select_rows(Where const& where, DatasetHandle const& dataset, Rows rows) {
  Selection selection;
  selection.file = SpaceHandle(call(where, "measure", H5Dget_space, dataset.id()));
  int const rank = call(where, "measure", H5Sget_simple_extent_ndims, selection.file.id());
  std::vector<hsize_t> count(static_cast<std::size_t>(rank));
  call(where, "measure", H5Sget_simple_extent_dims, selection.file.id(), count.data(),
       static_cast<hsize_t*>(nullptr));
  std::vector<hsize_t> start(count.size(), 0);
  start.at(0) = rows.first;
  count.at(0) = rows.count;
  selection.empty = std::find(count.begin(), count.end(), hsize_t{0}) != count.end();
  if (selection.empty) return selection;
  call(where, "select rows of", H5Sselect_hyperslab, selection.file.id(), H5S_SELECT_SET,
       start.data(), static_cast<hsize_t const*>(nullptr), count.data(),
       static_cast<hsize_t const*>(nullptr));
  selection.memory = SpaceHandle(call(where, "select rows of", H5Screate_simple, rank, count.data(),
                                      static_cast<hsize_t const*>(nullptr)));
  return selection;
}

herr_t collect_name(hid_t, char const* name, H5L_info_t const*, void* user) {
  static_cast<std::vector<std::string>*>(user)->emplace_back(name);
  return 0;
}

}  // namespace

namespace internal {

PropertyHandle creation_of_links(Where const& where) {
  PropertyHandle links(call(where, "set up", H5Pcreate, H5P_LINK_CREATE));
  call(where, "set up", H5Pset_create_intermediate_group, links.id(), 1U);
  call(where, "set up", H5Pset_char_encoding, links.id(), H5T_CSET_UTF8);
  return links;
}

hid_t create(File& file, Where const& where, hid_t type, hid_t space, hid_t creation) {
  PropertyHandle const links = creation_of_links(where);
  return call(where, "create the dataset", H5Dcreate2, file.id(), std::string(where.object).c_str(),
              type, space, links.id(), creation, hid_t{H5P_DEFAULT});
}

void remove_if_present(File& file, std::string_view path) {
  if (exists(file, path)) remove(file, path);
}

}  // namespace internal

std::size_t element_bytes(ScalarKind kind) { return info(kind).bytes; }

std::string_view kind_name(ScalarKind kind) { return info(kind).name; }

std::optional<ScalarKind> stored_kind(File const& file, std::string_view object, hid_t type) {
  Where const where = file.where(object);
  for (KindInfo const& candidate : kinds) {
    if (candidate.kind == ScalarKind::boolean) continue;
    TypeHandle const expected = file_type(candidate.kind, where);
    if (call(where, "compare the type of", H5Tequal, type, expected.id()) > 0) {
      return candidate.kind;
    }
  }
  return std::nullopt;
}

TypeHandle memory_type(ScalarKind kind) {
  std::filesystem::path const nowhere;
  return memory_type_at(kind, {nowhere, kind_name(kind)});
}

bool exists(File const& file, std::string_view path) {
  Where const where = file.where(path);
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    std::string const prefix(path.substr(0, end));
    if (prefix.size() > 1 &&
        call(where, "look for", H5Lexists, file.id(), prefix.c_str(), hid_t{H5P_DEFAULT}) == 0) {
      return false;
    }
    if (end == std::string_view::npos) return true;
  }
}

void make_group(File& file, std::string_view path) {
  if (path.size() <= 1 || exists(file, path)) return;
  make_group(file, parent_of(path));
  Where const where = file.where(path);
  PropertyHandle const links = internal::creation_of_links(where);
  PropertyHandle const creation(call(where, "set up", H5Pcreate, H5P_GROUP_CREATE));
  call(where, "set up", H5Pset_link_creation_order, creation.id(),
       unsigned{H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED});
  GroupHandle const group(call(where, "create the group", H5Gcreate2, file.id(),
                               std::string(path).c_str(), links.id(), creation.id(),
                               hid_t{H5P_DEFAULT}));
}

void remove(File& file, std::string_view path) {
  call(file.where(path), "remove", H5Ldelete, file.id(), std::string(path).c_str(),
       hid_t{H5P_DEFAULT});
}

std::vector<std::string> list(File const& file, std::string_view group) {
  std::vector<std::string> names;
  call(file.where(group), "list", H5Literate_by_name, file.id(), std::string(group).c_str(),
       H5_INDEX_NAME, H5_ITER_INC, static_cast<hsize_t*>(nullptr), collect_name,
       static_cast<void*>(&names), hid_t{H5P_DEFAULT});
  std::sort(names.begin(), names.end());
  return names;
}

DatasetHandle create_dataset(File& file, std::string_view path, ScalarKind kind,
                             Shape const& shape) {
  Where const where = file.where(path);
  make_group(file, parent_of(path));
  internal::remove_if_present(file, path);
  std::vector<hsize_t> most = shape.size;
  for (hsize_t& length : most) {
    // HDF5 has no chunks of length 0; an empty dimension can only be one that might grow.
    if (length == 0 && shape.filters == Filters::packed) length = H5S_UNLIMITED;
  }
  if (shape.extendible) most.at(0) = H5S_UNLIMITED;
  SpaceHandle const space(call(where, "create the dataset", H5Screate_simple,
                               static_cast<int>(shape.size.size()), shape.size.data(),
                               most.data()));
  PropertyHandle const creation = creation_of_array(where, shape, element_bytes(kind));
  TypeHandle const type = file_type(kind, where);
  DatasetHandle dataset(internal::create(file, where, type.id(), space.id(), creation.id()));
  if (kind == ScalarKind::boolean) set_attribute(file, path, "dtype", std::string_view("bool"));
  return dataset;
}

DatasetHandle open_dataset(File const& file, std::string_view path) {
  Where const where = file.where(path);
  DatasetHandle dataset(call(where, "open the dataset", H5Dopen2, file.id(),
                             std::string(path).c_str(), hid_t{H5P_DEFAULT}));
  if (file.access() == Access::swmr_read) call(where, "refresh", H5Drefresh, dataset.id());
  return dataset;
}

std::vector<hsize_t> dataset_size(File const& file, std::string_view path,
                                  DatasetHandle const& dataset) {
  Where const where = file.where(path);
  SpaceHandle const space(call(where, "measure", H5Dget_space, dataset.id()));
  int const rank = call(where, "measure", H5Sget_simple_extent_ndims, space.id());
  std::vector<hsize_t> size(static_cast<std::size_t>(rank));
  call(where, "measure", H5Sget_simple_extent_dims, space.id(), size.data(),
       static_cast<hsize_t*>(nullptr));
  return size;
}

ScalarKind dataset_kind(File const& file, std::string_view path, DatasetHandle const& dataset) {
  TypeHandle const type(call(file.where(path), "read the type of", H5Dget_type, dataset.id()));
  std::optional<ScalarKind> const kind = stored_kind(file, path, type.id());
  if (!kind) {
    throw Hdf5Error(file.path(), std::string(path), "read",
                    "its element type is none that panther writes");
  }
  bool const is_boolean = *kind == ScalarKind::int8 && has_attribute(file, path, "dtype") &&
                          text_attribute(file, path, "dtype") == "bool";
  return is_boolean ? ScalarKind::boolean : *kind;
}

void write_rows(File& file, std::string_view path, DatasetHandle const& dataset, ScalarKind kind,
                Rows rows, void const* data) {
  Where const where = file.where(path);
  Selection const selection = select_rows(where, dataset, rows);
  if (selection.empty) return;
  TypeHandle const type = memory_type_at(kind, where);
  call(where, "write", H5Dwrite, dataset.id(), type.id(), selection.memory.id(),
       selection.file.id(), hid_t{H5P_DEFAULT}, data);
}

void read_rows(File const& file, std::string_view path, DatasetHandle const& dataset,
               ScalarKind kind, Rows rows, void* data) {
  Where const where = file.where(path);
  Selection const selection = select_rows(where, dataset, rows);
  if (selection.empty) return;
  TypeHandle const type = memory_type_at(kind, where);
  call(where, "read", H5Dread, dataset.id(), type.id(), selection.memory.id(), selection.file.id(),
       hid_t{H5P_DEFAULT}, data);
}

void write_scalar(File& file, std::string_view path, ScalarKind kind, void const* value) {
  Where const where = file.where(path);
  make_group(file, parent_of(path));
  internal::remove_if_present(file, path);
  SpaceHandle const space(call(where, "create", H5Screate, H5S_SCALAR));
  TypeHandle const stored = file_type(kind, where);
  TypeHandle const type = memory_type_at(kind, where);
  DatasetHandle const dataset(internal::create(file, where, stored.id(), space.id(), H5P_DEFAULT));
  call(where, "write", H5Dwrite, dataset.id(), type.id(), hid_t{H5S_ALL}, hid_t{H5S_ALL},
       hid_t{H5P_DEFAULT}, value);
  if (kind == ScalarKind::boolean) set_attribute(file, path, "dtype", std::string_view("bool"));
}

void read_scalar(File const& file, std::string_view path, ScalarKind kind, void* value) {
  Where const where = file.where(path);
  DatasetHandle const dataset = open_dataset(file, path);
  ScalarKind const stored = dataset_kind(file, path, dataset);
  if (stored != kind || !dataset_size(file, path, dataset).empty()) {
    throw Hdf5Error(file.path(), std::string(path), "read",
                    fmt::format("expected one {}, found {}", kind_name(kind), kind_name(stored)));
  }
  TypeHandle const type = memory_type_at(kind, where);
  call(where, "read", H5Dread, dataset.id(), type.id(), hid_t{H5S_ALL}, hid_t{H5S_ALL},
       hid_t{H5P_DEFAULT}, value);
}

void make_scale(File& file, std::string_view path, std::string_view name) {
  DatasetHandle const dataset = open_dataset(file, path);
  call(file.where(path), "make a dimension scale of", H5DSset_scale, dataset.id(),
       std::string(name).c_str());
}

void attach_scale(File& file, std::string_view dataset, std::string_view scale, unsigned axis) {
  DatasetHandle const array = open_dataset(file, dataset);
  DatasetHandle const coordinates = open_dataset(file, scale);
  call(file.where(dataset), "attach a dimension scale to", H5DSattach_scale, array.id(),
       coordinates.id(), axis);
}

void attach_counting_scale(File& file, std::string_view dataset, std::string_view group,
                           std::string_view name, unsigned axis, hsize_t length) {
  std::string const scale = join(group, name);
  if (!exists(file, scale)) {
    DatasetHandle const coordinates =
        create_dataset(file, scale, ScalarKind::int64, {.size = {length}});
    std::vector<std::int64_t> values(length);
    std::iota(values.begin(), values.end(), 0);
    write_rows(file, scale, coordinates, ScalarKind::int64, {0, length}, values.data());
    make_scale(file, scale, name);
  }
  std::vector<hsize_t> const present = dataset_size(file, scale, open_dataset(file, scale));
  if (present != std::vector<hsize_t>{length}) {
    throw std::invalid_argument(
        fmt::format("{}: '{}' has {} entries along '{}', others in its group have {}: use another "
                    "dimension name",
                    file.path().string(), dataset, length, name, present.empty() ? 0 : present[0]));
  }
  attach_scale(file, dataset, scale, axis);
}

std::string join(std::string_view group, std::string_view name) {
  return group == "/" ? fmt::format("/{}", name) : fmt::format("{}/{}", group, name);
}

std::string parent_of(std::string_view path) {
  std::size_t const slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

}  // namespace panther::hdf5
