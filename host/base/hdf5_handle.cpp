// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/hdf5_handle.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace panther {

Hdf5Error::Hdf5Error(std::filesystem::path file, std::string object, std::string action,
                     std::string library_message)
    : UserError(fmt::format("{}: cannot {}{}: {}", file.string(), action,
                            object.empty() ? "" : fmt::format(" '{}'", object), library_message)),
      file_(std::move(file)),
      object_(std::move(object)),
      library_message_(std::move(library_message)) {}

namespace hdf5 {
namespace {

herr_t collect_frame(unsigned, H5E_error2_t const* error, void* user) {
  auto& frames = *static_cast<std::vector<std::string>*>(user);
  if (error->desc != nullptr) frames.emplace_back(error->desc);
  return 0;
}

/// What HDF5 says, from the call's own failure to the first cause; the frames between repeat each
/// other.
std::string library_message() {
  std::vector<std::string> frames;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, collect_frame, &frames);
  H5Eclear2(H5E_DEFAULT);
  if (frames.empty()) return "HDF5 gave no reason";
  if (frames.size() == 1) return frames.front();
  return fmt::format("{} ({})", frames.front(), frames.back());
}

PropertyHandle latest_format(std::filesystem::path const& path,
                             std::shared_ptr<DriverState> const& state) {
  Where const where{path, {}};
  PropertyHandle access(call(where, "set up the access", H5Pcreate, H5P_FILE_ACCESS));
  call(where, "set up the access", H5Pset_libver_bounds, access.id(), H5F_LIBVER_LATEST,
       H5F_LIBVER_LATEST);
  // Closing a file closes what is open in it, so that a closed file is complete and can be renamed.
  call(where, "set up the access", H5Pset_fclose_degree, access.id(), H5F_CLOSE_STRONG);
  call(
      where, "set up the access", [&state](hid_t id) { return use_driver(id, state); },
      access.id());
  return access;
}

/// Properties of HDF5's own repair tool h5clear: the marks of a writer that died and a stale end of
/// file are ignored.
void allow_recovery(PropertyHandle const& access, Where const& where) {
  hbool_t const yes = true;
  call(where, "set up the access", H5Pset, access.id(), "clear_status_flags", &yes);
  call(where, "set up the access", H5Pset, access.id(), "skip_eof_check", &yes);
}

/// How often a block of metadata is read that a writer may be writing. HDF5 waits 2^k ns after the
/// k-th attempt, so that its own 100 never end where a killed writer left half a block: a second in
/// all.
constexpr unsigned read_attempts = 30;

unsigned open_flags(Access access) {
  switch (access) {
    case Access::read:
      return H5F_ACC_RDONLY;
    case Access::swmr_write:
      return H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE;
    case Access::swmr_read:
      return H5F_ACC_RDONLY | H5F_ACC_SWMR_READ;
    case Access::read_write:
    case Access::recover:
      break;
  }
  return H5F_ACC_RDWR;
}

}  // namespace

void silence_error_printing() {
  thread_local bool const done = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
  static_cast<void>(done);
}

void throw_library_error(Where const& where, std::string_view action) {
  throw Hdf5Error(where.file, std::string(where.object), std::string(action), library_message());
}

File::File(std::filesystem::path path, Access access)
    : path_(std::move(path)), access_(access), state_(std::make_shared<DriverState>()) {}

File File::create(std::filesystem::path const& path, hsize_t user_block_bytes) {
  File file(path, Access::read_write);
  Where const where = file.where({});
  PropertyHandle const access = latest_format(path, file.state_);
  PropertyHandle const creation(call(where, "set up the file", H5Pcreate, H5P_FILE_CREATE));
  // netCDF-4 opens only files whose groups keep the order of creation.
  call(where, "set up the file", H5Pset_link_creation_order, creation.id(),
       unsigned{H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED});
  call(where, "set up the file", H5Pset_userblock, creation.id(), user_block_bytes);
  file.handle_ = FileHandle(call(where, "create the file", H5Fcreate, path.c_str(), H5F_ACC_TRUNC,
                                 creation.id(), access.id()));
  return file;
}

File File::open(std::filesystem::path const& path, Access access) {
  File file(path, access);
  Where const where = file.where({});
  PropertyHandle const properties = latest_format(path, file.state_);
  if (access == Access::recover) allow_recovery(properties, where);
  if (access == Access::swmr_read) {
    call(where, "open the file", H5Pset_metadata_read_attempts, properties.id(), read_attempts);
  }
  file.handle_ = FileHandle(
      call(where, "open the file", H5Fopen, path.c_str(), open_flags(access), properties.id()));
  if (access == Access::recover) {
    // The stored end of the file may lie before data that the dead writer had already allocated and
    // written.
    call(where, "recover", H5Fincrement_filesize, file.id(), hsize_t{0});
  }
  return file;
}

File File::open_for_reading(std::filesystem::path const& path) {
  std::optional<Hdf5Error> first_error;
  try {
    return open(path, Access::read);
  } catch (Hdf5Error const& error) {
    first_error = error;
  }
  try {
    return open(path, Access::swmr_read);
  } catch (Hdf5Error const&) {
    throw *first_error;
  }
}

void File::throw_if_writing_failed() const {
  if (!state_->reason.empty()) {
    throw Hdf5Error(path_, "", "write to the file", state_->reason);
  }
}

void File::flush() {
  call(where({}), "write to the file", H5Fflush, id(), H5F_SCOPE_LOCAL);
  throw_if_writing_failed();
}

void File::close() {
  handle_.close(where({}));
  throw_if_writing_failed();
}

}  // namespace hdf5
}  // namespace panther
