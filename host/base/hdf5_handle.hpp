// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only place that knows HDF5's rules of ownership and failure: handles close themselves, and
// every call goes through hdf5::call, which turns HDF5's error stack into one typed exception.
// HDF5's own printing of errors is switched off for each thread that makes a call.

#include <hdf5.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "host/base/errors.hpp"
#include "host/base/hdf5_driver.hpp"

namespace panther {

/// An HDF5 call failed. what() names the file, the object in it, what was tried and HDF5's own
/// message.
class Hdf5Error : public UserError {
 public:
  Hdf5Error(std::filesystem::path file, std::string object, std::string action,
            std::string library_message);

  std::filesystem::path const& file() const { return file_; }
  std::string const& object() const { return object_; }
  std::string const& library_message() const { return library_message_; }

 private:
  std::filesystem::path file_;
  std::string object_;
  std::string library_message_;
};

namespace hdf5 {

/// Where a call happens, for its error message.
struct Where {
  std::filesystem::path const& file;
  std::string_view object;
};

/// Switches HDF5's printing of errors off for the calling thread (once; cheap afterwards).
void silence_error_printing();

/// Throws Hdf5Error with HDF5's present error stack.
[[noreturn]] void throw_library_error(Where const& where, std::string_view action);

/// function(args...); a negative result becomes an Hdf5Error.
template <class Function, class... Args>
auto call(Where const& where, std::string_view action, Function function, Args... args) {
  silence_error_printing();
  auto const result = function(args...);
  if (result < 0) throw_library_error(where, action);
  return result;
}

/// Owns one HDF5 identifier. The destructor ignores a failing close; where that matters call
/// close().
template <herr_t (*Close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() {
    if (id_ < 0) return;
    silence_error_printing();
    Close(id_);
  }

  hid_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

  void close(Where const& where) {
    hid_t const id = std::exchange(id_, H5I_INVALID_HID);
    if (id >= 0)
      call(where, where.object.empty() ? "write and close the file" : "close", Close, id);
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using FileHandle = Handle<H5Fclose>;
using GroupHandle = Handle<H5Gclose>;
using ObjectHandle = Handle<H5Oclose>;
using DatasetHandle = Handle<H5Dclose>;
using AttributeHandle = Handle<H5Aclose>;
using SpaceHandle = Handle<H5Sclose>;
using TypeHandle = Handle<H5Tclose>;
using PropertyHandle = Handle<H5Pclose>;

/// How an existing file is opened.
enum class Access {
  read,        ///< a file that nobody has open for writing
  read_write,  ///< alone
  swmr_write,  ///< one writer whose file others may read; no object can be created
  swmr_read,   ///< beside a swmr_write writer, or after one that died
  recover,     ///< read_write, and marks left by a writer that died are cleared; only for a private
               ///< copy
};

/// One open file with its path. Always uses the latest format, which SWMR needs (HDF5 1.10 or newer
/// reads it).
class File {
 public:
  /// A new file, replacing what is there. The first `user_block_bytes` (0, or a power of two >=
  /// 512) stay free for other use.
  static File create(std::filesystem::path const& path, hsize_t user_block_bytes = 0);
  static File open(std::filesystem::path const& path, Access access);
  /// For reading, in whatever state the file is: closed, being written with SWMR, or left so by a
  /// writer that died.
  static File open_for_reading(std::filesystem::path const& path);

  hid_t id() const { return handle_.id(); }
  std::filesystem::path const& path() const { return path_; }
  Access access() const { return access_; }
  Where where(std::string_view object) const { return {path_, object}; }

  /// The open file was renamed: later messages name it so.
  void renamed_to(std::filesystem::path path) { path_ = std::move(path); }

  /// From now on a kill leaves no write half done: see redo_record.hpp. Throws FileError.
  void record_writes() { state_->redo.emplace(path_); }

  /// Throws if the writing failed, now or before.
  void flush();
  /// Closes and reports what the destructor would hide, e.g. a full disk.
  void close();

 private:
  File(std::filesystem::path path, Access access);
  void throw_if_writing_failed() const;

  std::filesystem::path path_;
  Access access_;
  std::shared_ptr<DriverState> state_;
  FileHandle handle_;
};

}  // namespace hdf5
}  // namespace panther
