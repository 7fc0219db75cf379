// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The texts and attributes of hdf5_object.hpp.

#include <fmt/format.h>

#include "host/base/hdf5_internal.hpp"
#include "host/base/hdf5_object.hpp"

namespace panther::hdf5 {
namespace {

TypeHandle long_text(Where const& where) {
  TypeHandle type(call(where, "describe the type of", H5Tcopy, H5T_C_S1));
  call(where, "describe the type of", H5Tset_size, type.id(), std::size_t{H5T_VARIABLE});
  call(where, "describe the type of", H5Tset_cset, type.id(), H5T_CSET_UTF8);
  return type;
}

AttributeHandle replace_attribute(File& file, Where const& where, std::string const& name,
                                  hid_t type) {
  ObjectHandle const owner(call(where, "open", H5Oopen, file.id(),
                                std::string(where.object).c_str(), hid_t{H5P_DEFAULT}));
  if (call(where, "look at the attributes of", H5Aexists, owner.id(), name.c_str()) > 0) {
    call(where, "replace an attribute of", H5Adelete, owner.id(), name.c_str());
  }
  SpaceHandle const space(call(where, "set an attribute of", H5Screate, H5S_SCALAR));
  return AttributeHandle(call(where, "set an attribute of", H5Acreate2, owner.id(), name.c_str(),
                              type, space.id(), hid_t{H5P_DEFAULT}, hid_t{H5P_DEFAULT}));
}

AttributeHandle open_attribute(File const& file, Where const& where, std::string_view name) {
  return AttributeHandle(call(where, fmt::format("read the attribute '{}' of", name),
                              H5Aopen_by_name, file.id(), std::string(where.object).c_str(),
                              std::string(name).c_str(), hid_t{H5P_DEFAULT}, hid_t{H5P_DEFAULT}));
}

}  // namespace

void write_text(File& file, std::string_view path, std::string_view text) {
  Where const where = file.where(path);
  make_group(file, parent_of(path));
  internal::remove_if_present(file, path);
  SpaceHandle const space(call(where, "create", H5Screate, H5S_SCALAR));
  TypeHandle const type = long_text(where);
  DatasetHandle const dataset(internal::create(file, where, type.id(), space.id(), H5P_DEFAULT));
  std::string const copy(text);
  char const* const pointer = copy.c_str();
  call(where, "write", H5Dwrite, dataset.id(), type.id(), hid_t{H5S_ALL}, hid_t{H5S_ALL},
       hid_t{H5P_DEFAULT}, static_cast<void const*>(&pointer));
}

void write_texts(File& file, std::string_view path, std::vector<std::string> const& texts) {
  Where const where = file.where(path);
  make_group(file, parent_of(path));
  internal::remove_if_present(file, path);
  hsize_t const length = texts.size();
  SpaceHandle const space(
      call(where, "create", H5Screate_simple, 1, &length, static_cast<hsize_t const*>(nullptr)));
  TypeHandle const type = long_text(where);
  DatasetHandle const dataset(internal::create(file, where, type.id(), space.id(), H5P_DEFAULT));
  std::vector<char const*> pointers;
  for (std::string const& text : texts) pointers.push_back(text.c_str());
  if (pointers.empty()) return;
  call(where, "write", H5Dwrite, dataset.id(), type.id(), hid_t{H5S_ALL}, hid_t{H5S_ALL},
       hid_t{H5P_DEFAULT}, static_cast<void const*>(pointers.data()));
}

std::string read_text(File const& file, std::string_view path) {
  std::vector<std::string> texts = read_texts(file, path);
  if (texts.size() != 1) {
    throw Hdf5Error(file.path(), std::string(path), "read",
                    fmt::format("expected one text, found {}", texts.size()));
  }
  return std::move(texts.front());
}

std::vector<std::string> read_texts(File const& file, std::string_view path) {
  Where const where = file.where(path);
  DatasetHandle const dataset = open_dataset(file, path);
  TypeHandle const stored(call(where, "read the type of", H5Dget_type, dataset.id()));
  if (call(where, "read the type of", H5Tis_variable_str, stored.id()) == 0) {
    throw Hdf5Error(file.path(), std::string(path), "read", "it is no text");
  }
  SpaceHandle const space(call(where, "measure", H5Dget_space, dataset.id()));
  auto const count =
      static_cast<std::size_t>(call(where, "measure", H5Sget_simple_extent_npoints, space.id()));
  std::vector<char*> pointers(count, nullptr);
  if (count == 0) return {};
  TypeHandle const type = long_text(where);
  call(where, "read", H5Dread, dataset.id(), type.id(), hid_t{H5S_ALL}, hid_t{H5S_ALL},
       hid_t{H5P_DEFAULT}, static_cast<void*>(pointers.data()));
  std::vector<std::string> texts;
  for (char const* pointer : pointers) texts.emplace_back(pointer == nullptr ? "" : pointer);
  call(where, "read", H5Dvlen_reclaim, type.id(), space.id(), hid_t{H5P_DEFAULT},
       static_cast<void*>(pointers.data()));
  return texts;
}

void set_attribute(File& file, std::string_view object, std::string_view name,
                   std::string_view text) {
  Where const where = file.where(object);
  TypeHandle const type = long_text(where);
  AttributeHandle const attribute = replace_attribute(file, where, std::string(name), type.id());
  std::string const copy(text);
  char const* const pointer = copy.c_str();
  call(where, "set an attribute of", H5Awrite, attribute.id(), type.id(),
       static_cast<void const*>(&pointer));
}

void set_attribute(File& file, std::string_view object, std::string_view name, std::int64_t value) {
  Where const where = file.where(object);
  AttributeHandle const attribute =
      replace_attribute(file, where, std::string(name), H5T_STD_I64LE);
  call(where, "set an attribute of", H5Awrite, attribute.id(), H5T_NATIVE_INT64,
       static_cast<void const*>(&value));
}

void set_attribute(File& file, std::string_view object, std::string_view name, double value) {
  Where const where = file.where(object);
  AttributeHandle const attribute =
      replace_attribute(file, where, std::string(name), H5T_IEEE_F64LE);
  call(where, "set an attribute of", H5Awrite, attribute.id(), H5T_NATIVE_DOUBLE,
       static_cast<void const*>(&value));
}

bool has_attribute(File const& file, std::string_view object, std::string_view name) {
  return call(file.where(object), "look at the attributes of", H5Aexists_by_name, file.id(),
              std::string(object).c_str(), std::string(name).c_str(), hid_t{H5P_DEFAULT}) > 0;
}

std::string text_attribute(File const& file, std::string_view object, std::string_view name) {
  Where const where = file.where(object);
  AttributeHandle const attribute = open_attribute(file, where, name);
  TypeHandle const type = long_text(where);
  char* pointer = nullptr;
  call(where, "read an attribute of", H5Aread, attribute.id(), type.id(),
       static_cast<void*>(&pointer));
  std::string text(pointer == nullptr ? "" : pointer);
  call(where, "read an attribute of", H5free_memory, static_cast<void*>(pointer));
  return text;
}

std::int64_t integer_attribute(File const& file, std::string_view object, std::string_view name) {
  Where const where = file.where(object);
  AttributeHandle const attribute = open_attribute(file, where, name);
  std::int64_t value = 0;
  call(where, "read an attribute of", H5Aread, attribute.id(), H5T_NATIVE_INT64,
       static_cast<void*>(&value));
  return value;
}

}  // namespace panther::hdf5
