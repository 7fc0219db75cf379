// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/redo_record.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "host/base/text_file.hpp"

namespace panther {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t largest_write = std::uint64_t{1} << 30;

struct Header {
  std::uint64_t size;  // 0: no write is under way
  std::uint64_t address;
  std::uint64_t file;
  std::uint64_t checksum;
};

/// FNV-1a (Fowler, Noll, Vo; RFC 9923).
std::uint64_t checksum_of(Header const& header, std::span<std::byte const> bytes) {
  std::uint64_t sum = 0xcbf29ce484222325U;
  auto const add = [&sum](std::uint64_t word) { sum = (sum ^ word) * 0x100000001b3U; };
  add(header.size);
  add(header.address);
  add(header.file);
  for (std::byte const byte : bytes) add(static_cast<std::uint64_t>(byte));
  return sum;
}

[[noreturn]] void fail(char const* what, fs::path const& path) {
  throw FileError(
      fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(errno)));
}

ino_t identity_of(fs::path const& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) fail("cannot open", file);
  return status.st_ino;
}

bool write_at(int descriptor, std::uint64_t address, std::span<std::byte const> bytes) {
  while (!bytes.empty()) {
    ssize_t const n = pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(address));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    address += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

bool read_at(int descriptor, std::uint64_t address, std::span<std::byte> bytes) {
  return pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(address)) ==
         static_cast<ssize_t>(bytes.size());
}

/// Closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  int value() const { return value_; }

 private:
  int value_;
};

}  // namespace

fs::path redo_path(fs::path const& file) {
  fs::path path = file;
  path += ".redo";
  return path;
}

bool crosses_page(std::uint64_t address, std::size_t size) {
  return size > 0 && address / page_bytes != (address + size - 1) / page_bytes;
}

RedoRecord::RedoRecord(fs::path const& file)
    : path_(redo_path(file)),
      file_(identity_of(file)),
      descriptor_(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail("cannot create", path_);
  if (empty()) return;
  int const reason = errno;
  close(descriptor_);
  errno = reason;
  fail("cannot write", path_);
}

RedoRecord::~RedoRecord() {
  std::error_code ignored;
  if (empty_) fs::remove(path_, ignored);
  close(descriptor_);
}

bool RedoRecord::keep(std::uint64_t address, std::span<std::byte const> bytes) noexcept {
  Header header{bytes.size(), address, file_, 0};
  header.checksum = checksum_of(header, bytes);
  if (!write_at(descriptor_, sizeof header, bytes)) return false;
  empty_ = !write_at(descriptor_, 0, std::as_bytes(std::span(&header, 1)));
  return !empty_;
}

bool RedoRecord::empty() noexcept {
  Header const header{};
  empty_ = write_at(descriptor_, 0, std::as_bytes(std::span(&header, 1)));
  return empty_;
}

std::optional<FileWrite> unfinished_write(int record, ino_t file) {
  Header header{};
  if (!read_at(record, 0, std::as_writable_bytes(std::span(&header, 1)))) return std::nullopt;
  if (header.size == 0 || header.size > largest_write || header.file != file) return std::nullopt;
  FileWrite write{header.address, std::vector<std::byte>(header.size)};
  if (!read_at(record, sizeof header, write.bytes)) return std::nullopt;
  if (header.checksum != checksum_of(header, write.bytes)) return std::nullopt;
  return write;
}

void finish_write(fs::path const& original, fs::path const& copy) {
  Descriptor const record(open(redo_path(original).c_str(), O_RDONLY | O_CLOEXEC));
  if (record.value() < 0) return;
  std::optional<FileWrite> const write = unfinished_write(record.value(), identity_of(original));
  if (!write) return;
  Descriptor const file(open(copy.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.value() < 0 || !write_at(file.value(), write->address, write->bytes)) {
    fail("cannot write", copy);
  }
}

}  // namespace panther
