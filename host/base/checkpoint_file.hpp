// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checkpoints: named typed arrays and texts from which a run continues. The file is HDF5 behind a
// user block of 512 bytes that holds the SHA-256 of all that follows; h5py and h5dump read it as it
// is. It is written under another name and renamed when it is complete and on the device, so that
// the last complete checkpoint always stands.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/durable_file.hpp"
#include "host/base/errors.hpp"
#include "host/base/result_record.hpp"

namespace panther {

/// A checkpoint is damaged, is none, or belongs to another configuration. what() says which and
/// where.
class CheckpointError : public UserError {
 public:
  using UserError::UserError;
};

/// Writes one checkpoint. Throws Hdf5Error or FileError; the former checkpoint is then untouched.
class CheckpointWriter {
 public:
  /// `config`: the text that must be the same when the run is resumed; leave out of it what may
  /// change (threads, length of the run).
  CheckpointWriter(std::filesystem::path target, std::string_view config);
  CheckpointWriter(CheckpointWriter const&) = delete;
  CheckpointWriter& operator=(CheckpointWriter const&) = delete;
  /// Without commit() nothing remains.
  ~CheckpointWriter();

  /// The array `name` (may contain '/'), written through at once; `size` empty: one dimension.
  template <hdf5::ArrayElement T>
  void array(std::string const& name, std::span<T const> values, std::vector<hsize_t> size = {}) {
    write_array(name, hdf5::kind_of<T>(), values.data(), values.size(), std::move(size));
  }
  template <hdf5::ArrayElement T>
  void array(std::string const& name, std::vector<T> const& values,
             std::vector<hsize_t> size = {}) {
    array(name, std::span<T const>(values), std::move(size));
  }
  void text(std::string const& name, std::string_view value);
  /// All fields of a described struct, e.g. the position in the run.
  template <DescribedStruct Record>
  void record(std::string const& name, Record const& value) {
    write_record(file_, "/state/" + name, value);
  }
  /// Makes it the checkpoint at the target.
  void commit();

 private:
  void write_array(std::string const& name, hdf5::ScalarKind kind, void const* data,
                   std::size_t count, std::vector<hsize_t> size);

  std::filesystem::path target_;
  std::filesystem::path draft_;
  hdf5::File file_;
  bool committed_ = false;
};

/// Reads a checkpoint. Opening verifies every byte before HDF5 sees it, so that nothing damaged is
/// ever applied; Hdf5Error for a name or type that is not there.
class CheckpointReader {
 public:
  /// Throws CheckpointError if the file is damaged or `config` differs from what it was written
  /// with; the message has the first line that differs.
  CheckpointReader(std::filesystem::path const& path, std::string_view config);

  bool has(std::string const& name) const { return hdf5::exists(file_, "/state/" + name); }
  /// The configuration it was written with.
  std::string config() const;
  std::string text(std::string const& name) const;
  template <hdf5::ArrayElement T>
  std::vector<T> array(std::string const& name) const {
    std::vector<T> values(length_of(name));
    read_array(name, hdf5::kind_of<T>(), values.data(), values.size());
    return values;
  }
  /// Into memory that is there; throws CheckpointError if the lengths differ.
  template <hdf5::ArrayElement T>
  void array_into(std::string const& name, std::span<T> values) const {
    read_array(name, hdf5::kind_of<T>(), values.data(), values.size());
  }
  /// Elements of an array.
  std::size_t length_of(std::string const& name) const;
  template <DescribedStruct Record>
  Record record(std::string const& name) const {
    Record value;
    read_record(file_, "/state/" + name, value);
    return value;
  }

 private:
  void read_array(std::string const& name, hdf5::ScalarKind kind, void* data,
                  std::size_t count) const;

  hdf5::File file_;
};

}  // namespace panther
