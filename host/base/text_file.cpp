// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace panther {
namespace {

[[noreturn]] void fail(std::string const& what, std::string const& path, int error) {
  throw FileError("cannot " + what + " '" + path + "': " + std::generic_category().message(error));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  int close() { return ::close(std::exchange(number_, -1)); }

 private:
  int number_;
};

// Deletes the temporary file unless it was renamed away.
class TemporaryName {
 public:
  explicit TemporaryName(std::string name) : name_(std::move(name)) {}
  TemporaryName(TemporaryName const&) = delete;
  TemporaryName& operator=(TemporaryName const&) = delete;
  ~TemporaryName() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  void release() { name_.clear(); }

 private:
  std::string name_;
};

void write_all(int file, std::string_view content, std::string const& path) {
  while (!content.empty()) {
    ssize_t const written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync_folder(std::string const& folder) {
  Descriptor const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) fail("open the folder", folder, errno);
  // Some file systems do not sync folders; they answer EINVAL.
  if (::fsync(opened.get()) != 0 && errno != EINVAL) fail("sync the folder", folder, errno);
}

// A new file beside `target`, with the mode that the umask gives; its name goes to `name`.
int create_beside(std::string const& target, std::string& name) {
  constexpr int attempts = 1000;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    name = target + ".tmp" + std::to_string(::getpid()) + "-" + std::to_string(attempt);
    int const file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 || errno != EEXIST) return file;
  }
  return -1;
}

}  // namespace

std::string read_text_file(std::string const& path) {
  Descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) fail("read", path, errno);
  std::string content;
  std::string block(1 << 16, '\0');
  while (true) {
    ssize_t const got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path, errno);
    if (got == 0) return content;
    content.append(block, 0, static_cast<std::size_t>(got));
  }
}

void write_file_atomically(std::string const& path, std::string_view content) {
  std::error_code ignored;
  auto target = std::filesystem::path(path);
  if (std::filesystem::is_symlink(target, ignored)) {
    auto const real = std::filesystem::weakly_canonical(target, ignored);
    if (!ignored) target = real;
  }
  std::string const folder = target.has_parent_path() ? target.parent_path().string() : ".";
  std::string temporary;
  Descriptor file(create_beside(target.string(), temporary));
  if (file.get() < 0) fail("create a file beside", path, errno);
  TemporaryName guard(temporary);
  write_all(file.get(), content, path);
  struct stat present {};
  bool const replaces = ::stat(target.c_str(), &present) == 0;
  if (replaces && ::fchmod(file.get(), present.st_mode & 07777) != 0)
    fail("set the mode of", path, errno);
  if (::fsync(file.get()) != 0) fail("sync", path, errno);
  if (file.close() != 0) fail("close", path, errno);
  if (::rename(temporary.c_str(), target.c_str()) != 0) fail("replace", path, errno);
  guard.release();
  sync_folder(folder);
}

}  // namespace panther
