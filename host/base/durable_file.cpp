// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/durable_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace panther {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view what, fs::path const& path, std::error_code reason) {
  throw FileError(fmt::format("{}: {}: {}", path.string(), what, reason.message()));
}

[[noreturn]] void fail(std::string_view what, fs::path const& path) {
  fail(what, path, std::error_code(errno, std::generic_category()));
}

fs::path folder_of(fs::path const& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// True if `path` still names the open file: its former owner may have removed it while we waited
/// to open it.
bool names_open_file(fs::path const& path, int descriptor) {
  struct stat named {};
  struct stat opened {};
  return stat(path.c_str(), &named) == 0 && fstat(descriptor, &opened) == 0 &&
         named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

}  // namespace

void sync_to_device(fs::path const& file_or_folder) {
  int const descriptor = open(file_or_folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail("cannot open", file_or_folder);
  int const result = fsync(descriptor);
  int const reason = errno;
  close(descriptor);
  errno = reason;
  // EINVAL: this file system has nothing to synchronise here.
  if (result != 0 && reason != EINVAL) fail("cannot write to the device", file_or_folder);
}

void rename_durably(fs::path const& from, fs::path const& to, OnExisting on_existing) {
  sync_to_device(from);
  if (on_existing == OnExisting::replace) {
    std::error_code reason;
    fs::rename(from, to, reason);
    if (reason) fail("cannot replace", to, reason);
  } else if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    // File systems without that flag: a hard link also refuses an existing name.
    if (errno != EINVAL && errno != ENOSYS) fail("cannot create", to);
    std::error_code reason;
    fs::create_hard_link(from, to, reason);
    if (reason) fail("cannot create", to, reason);
    fs::remove(from, reason);
  }
  sync_to_device(folder_of(to));
}

void copy_content(fs::path const& from, fs::path const& to) {
  std::error_code reason;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, reason);
  if (reason) fail(fmt::format("cannot copy {} to it", from.string()), to, reason);
}

FileLock::FileLock(fs::path path, std::string const& purpose) : path_(std::move(path)) {
  do {
    descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail("cannot create", path_);
    bool const taken = flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (taken) {
      close(descriptor_);
      throw FileError(fmt::format("{}: {}", path_.string(), purpose));
    }
    if (names_open_file(path_, descriptor_)) return;
    close(descriptor_);
  } while (true);
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ < 0) return;
  std::error_code ignored;
  fs::remove(path_, ignored);
  close(descriptor_);
}

}  // namespace panther
