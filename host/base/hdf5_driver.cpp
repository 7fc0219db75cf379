// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/hdf5_driver.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

namespace panther::hdf5 {
namespace {

/// Passed through the file access properties while a file is opened.
struct DriverInfo {
  std::shared_ptr<DriverState> const* state;
};

/// HDF5's part first: it is handed around as an H5FD_t*.
struct DriverFile {
  H5FD_t base{};
  int descriptor = -1;
  haddr_t end_of_allocation = 0;
  haddr_t end_of_file = 0;
  struct stat identity {};
  std::shared_ptr<DriverState> state;
  std::vector<FileWrite> kept;  // that did not reach the file
  int redo = -1;                // of another process that writes, or wrote, the file
};

DriverFile* own(H5FD_t* file) { return reinterpret_cast<DriverFile*>(file); }
DriverFile const* own(H5FD_t const* file) { return reinterpret_cast<DriverFile const*>(file); }

std::string system_reason() { return std::generic_category().message(errno); }

void push_system_error(char const* what) {
  H5Epush2(H5E_DEFAULT, __FILE__, "hdf5_driver", __LINE__, H5E_ERR_CLS, H5E_VFL, H5E_READERROR,
           "%s: %s", what, system_reason().c_str());
}

int system_flags(unsigned flags) {
  int system = (flags & H5F_ACC_RDWR) != 0 ? O_RDWR : O_RDONLY;
  if ((flags & H5F_ACC_TRUNC) != 0) system |= O_TRUNC;
  if ((flags & H5F_ACC_CREAT) != 0) system |= O_CREAT;
  if ((flags & H5F_ACC_EXCL) != 0) system |= O_EXCL;
  return system | O_CLOEXEC;
}

H5FD_t* driver_open(char const* name, unsigned flags, hid_t access, haddr_t) noexcept {
  auto const* const info = static_cast<DriverInfo const*>(H5Pget_driver_info(access));
  if (info == nullptr) return nullptr;
  auto file = std::make_unique<DriverFile>();
  file->state = *info->state;
  file->descriptor = open(name, system_flags(flags), 0666);
  if (file->descriptor < 0 || fstat(file->descriptor, &file->identity) != 0) {
    push_system_error("open");
    if (file->descriptor >= 0) close(file->descriptor);
    return nullptr;
  }
  file->end_of_file = static_cast<haddr_t>(file->identity.st_size);
  if ((flags & H5F_ACC_RDWR) == 0) {
    file->redo = open(redo_path(name).c_str(), O_RDONLY | O_CLOEXEC);
  }
  return &file.release()->base;
}

/// Delayed errors of a network file system come with the close.
herr_t driver_close(H5FD_t* file) noexcept {
  std::unique_ptr<DriverFile> const owned(own(file));
  if (owned->redo >= 0) close(owned->redo);
  if (close(owned->descriptor) != 0 && owned->state->reason.empty()) {
    owned->state->reason = system_reason();
  }
  return 0;
}

int driver_compare(H5FD_t const* a, H5FD_t const* b) noexcept {
  auto const key = [](H5FD_t const* file) {
    return std::tuple(own(file)->identity.st_dev, own(file)->identity.st_ino);
  };
  return key(a) < key(b) ? -1 : key(b) < key(a) ? 1 : 0;
}

herr_t driver_query(H5FD_t const*, unsigned long* flags) noexcept {
  if (flags != nullptr) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_SUPPORTS_SWMR_IO |
             H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  }
  return 0;
}

haddr_t driver_get_eoa(H5FD_t const* file, H5FD_mem_t) noexcept {
  return own(file)->end_of_allocation;
}

herr_t driver_set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t address) noexcept {
  own(file)->end_of_allocation = address;
  return 0;
}

haddr_t driver_get_eof(H5FD_t const* file, H5FD_mem_t) noexcept { return own(file)->end_of_file; }

/// Reads what the file has; what lies behind its end is zero.
bool read_from_file(DriverFile const& file, haddr_t address, std::byte* to, std::size_t size) {
  while (size > 0) {
    ssize_t const n = pread(file.descriptor, to, size, static_cast<off_t>(address));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    if (n == 0) break;
    auto const count = static_cast<std::size_t>(n);
    to += count;
    address += count;
    size -= count;
  }
  std::fill_n(to, size, std::byte{0});
  return true;
}

void overlay(FileWrite const& kept, haddr_t address, std::byte* to, std::size_t size) {
  haddr_t const begin = std::max(kept.address, address);
  haddr_t const end = std::min(kept.address + kept.bytes.size(), address + size);
  if (begin >= end) return;
  std::memcpy(to + (begin - address), kept.bytes.data() + (begin - kept.address), end - begin);
}

herr_t driver_read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size,
                   void* buffer) noexcept {
  DriverFile const& self = *own(file);
  auto* const to = static_cast<std::byte*>(buffer);
  if (!read_from_file(self, address, to, size)) {
    push_system_error("read");
    return -1;
  }
  if (self.redo >= 0) {
    if (auto const write = unfinished_write(self.redo, self.identity.st_ino)) {
      overlay(*write, address, to, size);
    }
  }
  for (FileWrite const& kept : self.kept) overlay(kept, address, to, size);
  return 0;
}

bool write_to_file(DriverFile const& file, haddr_t address, std::byte const* from,
                   std::size_t size) {
  while (size > 0) {
    ssize_t const n = pwrite(file.descriptor, from, size, static_cast<off_t>(address));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    auto const count = static_cast<std::size_t>(n);
    from += count;
    address += count;
    size -= count;
  }
  return true;
}

/// The same so that a kill leaves nothing half written.
bool write_whole(DriverFile const& file, haddr_t address, std::byte const* from, std::size_t size) {
  std::optional<RedoRecord>& redo = file.state->redo;
  if (!redo || !crosses_page(address, size)) return write_to_file(file, address, from, size);
  return redo->keep(address, {from, size}) && write_to_file(file, address, from, size) &&
         redo->empty();
}

herr_t driver_write(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size,
                    void const* buffer) noexcept {
  DriverFile& self = *own(file);
  auto const* const from = static_cast<std::byte const*>(buffer);
  if (self.state->reason.empty() && !write_whole(self, address, from, size)) {
    self.state->reason = system_reason();
  }
  if (!self.state->reason.empty()) self.kept.push_back({address, {from, from + size}});
  self.end_of_file = std::max(self.end_of_file, address + size);
  return 0;
}

/// Makes the file as long as what HDF5 allocated.
herr_t driver_truncate(H5FD_t* file, hid_t, hbool_t) noexcept {
  DriverFile& self = *own(file);
  if (self.end_of_file == self.end_of_allocation) return 0;
  if (self.state->reason.empty() &&
      ftruncate(self.descriptor, static_cast<off_t>(self.end_of_allocation)) != 0) {
    self.state->reason = system_reason();
  }
  self.end_of_file = self.end_of_allocation;
  return 0;
}

/// Without these HDF5 does not mark a file as being written.
herr_t driver_lock(H5FD_t*, hbool_t) noexcept { return 0; }
herr_t driver_unlock(H5FD_t*) noexcept { return 0; }

H5FD_class_t driver_class() {
  constexpr std::array<H5FD_mem_t, H5FD_MEM_NTYPES> free_lists = H5FD_FLMAP_DICHOTOMY;
  H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 0)
  driver.version = H5FD_CLASS_VERSION;
  driver.value = static_cast<H5FD_class_value_t>(H5_VFD_RESERVED);
#endif
  driver.name = "panther";
  driver.maxaddr = (haddr_t{1} << (8 * sizeof(off_t) - 1)) - 1;
  driver.fc_degree = H5F_CLOSE_STRONG;
  driver.fapl_size = sizeof(DriverInfo);
  driver.open = driver_open;
  driver.close = driver_close;
  driver.cmp = driver_compare;
  driver.query = driver_query;
  driver.get_eoa = driver_get_eoa;
  driver.set_eoa = driver_set_eoa;
  driver.get_eof = driver_get_eof;
  driver.read = driver_read;
  driver.write = driver_write;
  driver.truncate = driver_truncate;
  driver.lock = driver_lock;
  driver.unlock = driver_unlock;
  std::copy(free_lists.begin(), free_lists.end(), driver.fl_map);
  return driver;
}

}  // namespace

herr_t use_driver(hid_t file_access, std::shared_ptr<DriverState> const& state) {
  static H5FD_class_t const driver = driver_class();
  static hid_t const id = H5FDregister(&driver);
  if (id < 0) return -1;
  DriverInfo const info{&state};
  return H5Pset_driver(file_access, id, &info);
}

}  // namespace panther::hdf5
