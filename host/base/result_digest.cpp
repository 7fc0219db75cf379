// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>

#include "host/base/digest.hpp"
#include "host/base/result_schema.hpp"

namespace panther {
namespace {

using hdf5::call;
using hdf5::Where;

constexpr hsize_t block_bytes = hsize_t{4} << 20;

/// HDF5's bookkeeping of dimension scales holds file addresses; the scales are hashed by name
/// instead.
constexpr std::array bookkeeping{std::string_view{"DIMENSION_LIST"},
                                 std::string_view{"REFERENCE_LIST"}};

/// How one element is hashed: the type's name, the type it is read as, whether it is a text of
/// variable length.
struct Canonical {
  std::string name;
  hdf5::TypeHandle type;
  std::size_t bytes = 0;
  bool is_text = false;
  bool is_variable = false;
};

hdf5::TypeHandle little_endian_copy(Where const& where, hid_t type, H5T_class_t type_class) {
  // An enum of integers (h5py's bool) is hashed as its integers.
  hdf5::TypeHandle copy(type_class == H5T_ENUM ? call(where, "read the type of", H5Tget_super, type)
                                               : call(where, "read the type of", H5Tcopy, type));
  call(where, "read the type of", H5Tset_order, copy.id(), H5T_ORDER_LE);
  return copy;
}

Canonical canonical_number(Where const& where, hid_t type, H5T_class_t type_class) {
  Canonical canonical;
  canonical.bytes = H5Tget_size(type);
  canonical.type = little_endian_copy(where, type, type_class);
  if (type_class == H5T_FLOAT) {
    canonical.name = fmt::format("float{}", 8 * canonical.bytes);
  } else {
    bool const is_signed = H5Tget_sign(canonical.type.id()) == H5T_SGN_2;
    canonical.name = fmt::format("{}int{}", is_signed ? "" : "u", 8 * canonical.bytes);
  }
  return canonical;
}

Canonical canonical_text(Where const& where, hid_t type) {
  Canonical canonical;
  canonical.name = "text";
  canonical.is_text = true;
  canonical.is_variable = call(where, "read the type of", H5Tis_variable_str, type) > 0;
  canonical.type = hdf5::TypeHandle(call(where, "read the type of", H5Tcopy, type));
  canonical.bytes = canonical.is_variable ? sizeof(char*) : H5Tget_size(type);
  return canonical;
}

Canonical canonical_of(hdf5::File const& file, Where const& where, hid_t type) {
  H5T_class_t const type_class = call(where, "read the type of", H5Tget_class, type);
  if (type_class == H5T_INTEGER || type_class == H5T_FLOAT || type_class == H5T_ENUM) {
    return canonical_number(where, type, type_class);
  }
  if (type_class == H5T_STRING) return canonical_text(where, type);
  throw Hdf5Error(file.path(), std::string(where.object), "hash",
                  "its type is neither a number nor a text");
}

/// Texts are hashed without padding, whatever their storage.
void hash_text_element(Sha256& hash, Canonical const& canonical, std::byte const* element) {
  if (canonical.is_variable) {
    char const* pointer = nullptr;
    std::memcpy(&pointer, element, sizeof(pointer));
    hash.text(pointer == nullptr ? std::string_view{} : std::string_view(pointer));
    return;
  }
  std::string_view text(reinterpret_cast<char const*>(element), canonical.bytes);
  text = text.substr(0, text.find('\0'));
  if (H5Tget_strpad(canonical.type.id()) == H5T_STR_SPACEPAD) {
    text = text.substr(0, text.find_last_not_of(' ') + 1);
  }
  hash.text(text);
}

void hash_elements(Sha256& hash, Canonical const& canonical, std::vector<std::byte> const& bytes) {
  if (!canonical.is_text) {
    hash.bytes(bytes);
    return;
  }
  for (std::size_t i = 0; i < bytes.size(); i += canonical.bytes) {
    hash_text_element(hash, canonical, bytes.data() + i);
  }
}

void reclaim(Where const& where, Canonical const& canonical, hid_t space,
             std::vector<std::byte>& bytes) {
  if (!canonical.is_variable || bytes.empty()) return;
  call(where, "read", H5Dvlen_reclaim, canonical.type.id(), space, hid_t{H5P_DEFAULT},
       static_cast<void*>(bytes.data()));
}

std::vector<hsize_t> size_of(Where const& where, hid_t space) {
  std::vector<hsize_t> size(
      static_cast<std::size_t>(call(where, "measure", H5Sget_simple_extent_ndims, space)));
  call(where, "measure", H5Sget_simple_extent_dims, space, size.data(),
       static_cast<hsize_t*>(nullptr));
  return size;
}

void hash_shape(Sha256& hash, Canonical const& canonical, std::vector<hsize_t> const& size) {
  hash.text(canonical.name);
  hash.number(size.size());
  for (hsize_t length : size) hash.number(length);
}

class ContentHasher {
 public:
  ContentHasher(hdf5::File const& file, DigestScope scope) : file_(file), scope_(scope) {}

  std::string digest() {
    hash_group("/");
    return hash_.hex();
  }

 private:
  bool is_left_out(std::string const& path) const {
    if (path == "/provenance") return true;
    if (path == "/config" && scope_ == DigestScope::measurements) return true;
    return hdf5::has_attribute(file_, path, excluded_from_digest);
  }

  void hash_group(std::string const& group) {
    hash_.text("group");
    hash_.text(group);
    hash_attributes(group);
    for (std::string const& name : hdf5::list(file_, group)) {
      std::string const path = hdf5::join(group, name);
      if (is_left_out(path)) continue;
      if (is_group(path)) {
        hash_group(path);
      } else {
        hash_dataset(path);
      }
    }
    hash_.text("end of group");
  }

  bool is_group(std::string const& path) const {
    hdf5::ObjectHandle const object(
        call(file_.where(path), "open", H5Oopen, file_.id(), path.c_str(), hid_t{H5P_DEFAULT}));
    return H5Iget_type(object.id()) == H5I_GROUP;
  }

  void hash_dataset(std::string const& path) {
    Where const where = file_.where(path);
    hdf5::DatasetHandle const dataset = hdf5::open_dataset(file_, path);
    hdf5::TypeHandle const type(call(where, "read the type of", H5Dget_type, dataset.id()));
    hdf5::SpaceHandle const space(call(where, "measure", H5Dget_space, dataset.id()));
    Canonical const canonical = canonical_of(file_, where, type.id());
    std::vector<hsize_t> const size = size_of(where, space.id());
    hash_.text("dataset");
    hash_.text(path);
    hash_shape(hash_, canonical, size);
    hash_values(where, dataset, canonical, size);
    hash_scales(where, dataset, size.size());
    hash_attributes(path);
  }

  /// Block by block along the first dimension, so that memory does not grow with the dataset.
  void hash_values(Where const& where, hdf5::DatasetHandle const& dataset,
                   Canonical const& canonical, std::vector<hsize_t> size) {
    bool const is_scalar = size.empty();
    if (is_scalar) size = {1};
    hsize_t const row_bytes = std::accumulate(size.begin() + 1, size.end(),
                                              hsize_t{canonical.bytes}, std::multiplies<>());
    if (row_bytes == 0) return;
    hsize_t const step = std::max<hsize_t>(block_bytes / row_bytes, 1);
    for (hsize_t first = 0; first < size[0]; first += step) {
      std::vector<hsize_t> count = size;
      count[0] = std::min(step, size[0] - first);
      std::vector<hsize_t> start(size.size(), 0);
      start[0] = first;
      hdf5::SpaceHandle const in_file(call(where, "measure", H5Dget_space, dataset.id()));
      if (!is_scalar) {
        call(where, "read", H5Sselect_hyperslab, in_file.id(), H5S_SELECT_SET, start.data(),
             static_cast<hsize_t const*>(nullptr), count.data(),
             static_cast<hsize_t const*>(nullptr));
      }
      hdf5::SpaceHandle const in_memory(call(where, "read", H5Screate_simple,
                                             static_cast<int>(count.size()), count.data(),
                                             static_cast<hsize_t const*>(nullptr)));
      std::vector<std::byte> bytes(count[0] * row_bytes);
      call(where, "read", H5Dread, dataset.id(), canonical.type.id(), in_memory.id(), in_file.id(),
           hid_t{H5P_DEFAULT}, static_cast<void*>(bytes.data()));
      hash_elements(hash_, canonical, bytes);
      reclaim(where, canonical, in_memory.id(), bytes);
    }
  }

  /// The names of the scales attached to each axis, or the labels of plain axes, tell what the axis
  /// means.
  void hash_scales(Where const& where, hdf5::DatasetHandle const& dataset, std::size_t rank) {
    if (call(where, "look at the scales of", H5DSis_scale, dataset.id()) > 0) return;
    for (unsigned axis = 0; axis < rank; ++axis) {
      std::vector<std::string> names;
      auto const collect = [](hid_t, unsigned, hid_t scale, void* user) -> herr_t {
        ssize_t const length = H5Iget_name(scale, nullptr, 0);
        std::string name(static_cast<std::size_t>(std::max<ssize_t>(length, 0)), '\0');
        H5Iget_name(scale, name.data(), name.size() + 1);
        static_cast<std::vector<std::string>*>(user)->push_back(name);
        return 0;
      };
      call(where, "look at the scales of", H5DSiterate_scales, dataset.id(), axis,
           static_cast<int*>(nullptr), H5DS_iterate_t{collect}, static_cast<void*>(&names));
      std::sort(names.begin(), names.end());
      hash_.number(names.size());
      for (std::string const& name : names) hash_.text(name);
    }
  }

  void hash_attributes(std::string const& path) {
    Where const where = file_.where(path);
    hdf5::ObjectHandle const owner(
        call(where, "open", H5Oopen, file_.id(), path.c_str(), hid_t{H5P_DEFAULT}));
    std::vector<std::string> names;
    auto const collect = [](hid_t, char const* name, H5A_info_t const*, void* user) -> herr_t {
      static_cast<std::vector<std::string>*>(user)->emplace_back(name);
      return 0;
    };
    call(where, "list the attributes of", H5Aiterate2, owner.id(), H5_INDEX_NAME, H5_ITER_INC,
         static_cast<hsize_t*>(nullptr), H5A_operator2_t{collect}, static_cast<void*>(&names));
    std::sort(names.begin(), names.end());
    for (std::string const& name : names) {
      if (std::find(bookkeeping.begin(), bookkeeping.end(), name) != bookkeeping.end()) continue;
      hash_attribute(where, owner, name);
    }
  }

  void hash_attribute(Where const& where, hdf5::ObjectHandle const& owner,
                      std::string const& name) {
    hdf5::AttributeHandle const attribute(
        call(where, "read an attribute of", H5Aopen, owner.id(), name.c_str(), hid_t{H5P_DEFAULT}));
    hdf5::TypeHandle const type(call(where, "read an attribute of", H5Aget_type, attribute.id()));
    hdf5::SpaceHandle const space(
        call(where, "read an attribute of", H5Aget_space, attribute.id()));
    Canonical const canonical = canonical_of(file_, where, type.id());
    std::vector<hsize_t> const size = size_of(where, space.id());
    hash_.text("attribute");
    hash_.text(name);
    hash_shape(hash_, canonical, size);
    auto const count = static_cast<std::size_t>(
        call(where, "read an attribute of", H5Sget_simple_extent_npoints, space.id()));
    std::vector<std::byte> bytes(count * canonical.bytes);
    if (bytes.empty()) return;
    call(where, "read an attribute of", H5Aread, attribute.id(), canonical.type.id(),
         static_cast<void*>(bytes.data()));
    hash_elements(hash_, canonical, bytes);
    reclaim(where, canonical, space.id(), bytes);
  }

  hdf5::File const& file_;
  DigestScope scope_;
  Sha256 hash_;
};

}  // namespace

std::string digest_of_result(std::filesystem::path const& path, DigestScope scope) {
  hdf5::File const file = hdf5::File::open_for_reading(path);
  return ContentHasher(file, scope).digest();
}

}  // namespace panther
