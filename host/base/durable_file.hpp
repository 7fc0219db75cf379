// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files that are replaced whole: written under another name, made durable, then renamed. All
// functions throw FileError with the path and the system's reason.

#include <filesystem>
#include <string>

#include "host/base/text_file.hpp"

namespace panther {

enum class OnExisting {
  refuse,   ///< an existing file is an error
  replace,  ///< an existing file is replaced once the new one is complete
};

/// Waits until the file's content, or a folder's entries, are on the device.
void sync_to_device(std::filesystem::path const& file_or_folder);

/// Renames in one step and makes the new name durable. With OnExisting::refuse an existing `to`
/// stays and the call fails.
void rename_durably(std::filesystem::path const& from, std::filesystem::path const& to,
                    OnExisting on_existing);

/// Copies the content, replacing `to`.
void copy_content(std::filesystem::path const& from, std::filesystem::path const& to);

/// Keeps other processes from the same work: holds an exclusive lock on a small file of its own.
/// The lock ends with the process, however it ends; the file is removed by the destructor.
class FileLock {
 public:
  /// Fails at once if another process (or this one) holds the lock; the message says `purpose`.
  FileLock(std::filesystem::path path, std::string const& purpose);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace panther
