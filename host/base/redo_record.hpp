// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one write to a file that may be under way, beside the file. A process that is killed may have
// written only some pages of it: Linux looks for the signal at each page of memory that it copies.
// So what crosses a page is first recorded whole, with a checksum, then written, then the record is
// emptied. A whole record of a dead writer's file is written anew; a torn one means that the write
// itself had not begun. For kills, not for power cuts: nothing is forced onto the device.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace panther {

/// Bytes and where in the file they belong.
struct FileWrite {
  std::uint64_t address;
  std::vector<std::byte> bytes;
};

/// Where the record of a file lies: out.running.h5 -> out.running.h5.redo.
std::filesystem::path redo_path(std::filesystem::path const& file);

/// Whether a kill may tear such a write.
bool crosses_page(std::uint64_t address, std::size_t size);

class RedoRecord {
 public:
  /// An empty record of the file with this name, which must exist. Throws FileError.
  explicit RedoRecord(std::filesystem::path const& file);
  RedoRecord(RedoRecord const&) = delete;
  RedoRecord& operator=(RedoRecord const&) = delete;
  /// Removes the record, unless it has a write that failed half-way, on a full disk: that is left
  /// to whoever resumes.
  ~RedoRecord();

  /// Call before and after the write. On failure false, and errno says why.
  bool keep(std::uint64_t address, std::span<std::byte const> bytes) noexcept;
  bool empty() noexcept;

 private:
  std::filesystem::path path_;
  ino_t file_;
  int descriptor_;
  bool empty_ = true;
};

/// The whole record in this open file, if it is of the file with this identity.
std::optional<FileWrite> unfinished_write(int record, ino_t file);

/// Ends the write that `original`'s writer died in, in a copy of it. Throws FileError.
void finish_write(std::filesystem::path const& original, std::filesystem::path const& copy);

}  // namespace panther
