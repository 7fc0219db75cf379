// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The result file of one run. Its life, for the target `out.h5`:
//
//   create()       out.running.h5.draft   everything is declared: configuration, provenance, tables
//   start()        out.running.h5         complete and valid from here on; rows are appended with
//   SWMR, so that other
//                                         processes may read it; nothing but rows can be written
//   begin_final()  out.running.h5.draft   a copy, to which final arrays and records are added
//   commit()       out.h5                 one rename; out.running.h5 is gone
//
// Hence: `out.h5` is always a complete result. A run that stops or dies at any moment leaves
// `out.running.h5` as of its last flush (ResultReader reads it as it is, resume() continues it),
// and an older `out.h5` stays untouched until commit(). Each step is one rename of a file that is
// already on the device. A draft left by a run that died is overwritten by the next.
// `out.running.h5.redo` has the write that is under way (redo_record.hpp), `out.running.h5.lock`
// keeps a second writer away; it means nothing once its process is gone.
//
// What HDF5 1.10.8 does with a file whose SWMR writer was killed: a plain open is refused ("already
// open for write"), an open with H5F_ACC_SWMR_READ succeeds. Our reader does that by itself. h5py
// needs swmr=True; h5dump has no such option: use `panther inspect`, or give it a copy cleaned with
// `h5clear -s --increment=0 copy.h5` (the second option mends the superblock's end of file).

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/durable_file.hpp"
#include "host/base/result_record.hpp"
#include "host/base/result_table.hpp"

namespace panther {

/// A result file that must not be touched, is of another version or is busy. what() names the path
/// and the way out.
class ResultFileError : public UserError {
 public:
  using UserError::UserError;
};

/// Where the rows go while the run lasts: out.h5 -> out.running.h5.
std::filesystem::path running_path(std::filesystem::path const& target);
/// `target` if the run is complete, else its running file; empty if there is neither.
std::optional<std::filesystem::path> find_result(std::filesystem::path const& target);

/// How often rows reach the file: after `share` of the time passed since the start, but within
/// [least, most]. A growing interval bounds the space that rewritten chunks cost; `most` bounds
/// what a killed run loses.
struct FlushPolicy {
  std::chrono::duration<double> least{2.0};
  std::chrono::duration<double> most{60.0};
  double share = 0.01;
};

/// Writes one result. Not thread-safe. Functions throw Hdf5Error (disk full, damaged file),
/// ResultFileError or FileError; a call in the wrong phase of life is a std::logic_error.
class ResultWriter {
 public:
  /// Begins a new result. OnExisting::refuse: neither `target` nor its running file may exist.
  /// OnExisting::replace: an existing `target` stays until commit(), the running file of a dead run
  /// until start().
  static ResultWriter create(std::filesystem::path const& target, OnExisting on_existing,
                             FlushPolicy policy = {});
  /// Continues the running file of `target`. Tables must be declared again, then cut with
  /// keep_rows().
  static ResultWriter resume(std::filesystem::path const& target, OnExisting on_existing,
                             FlushPolicy policy = {});

  ResultWriter(ResultWriter&&) = default;
  ResultWriter& operator=(ResultWriter&&) = delete;
  /// Stops: what was appended is flushed if possible, the running file stays, a draft is removed.
  ~ResultWriter();

  /// Declares the table, its vectors as long as those of `shape`. Before start().
  template <ResultPart Row>
  ResultTable<Row> table(Row const& shape, std::string group = std::string(Row::group)) {
    return ResultTable<Row>(declare(std::make_shared<ColumnStore>(
        std::move(group), std::string(Row::doc), describe_columns<Row>(), column_widths(shape))));
  }
  /// Keeps the first `rows` rows of a declared table (those before the checkpoint one resumes
  /// from). Before start().
  void keep_rows(std::string_view group, std::uint64_t rows);

  /// Before start() or after begin_final(); writing again replaces.
  void write_config(std::string_view toml);
  template <ResultPart Record>
  void write(Record const& record, std::string const& group = std::string(Record::group)) {
    hdf5::File& file = draft_file("write a record");
    write_record(file, group, record);
    describe_object(file, group, "", Record::doc);
  }
  /// The array `<group>/<description.name>`, row-major; its elements are of the described kind,
  /// `size` has one length for each described dimension, and arrays of one group that share a
  /// dimension's name share its length (std::invalid_argument otherwise).
  template <hdf5::ArrayElement T>
  void write_array(std::string const& group, ArrayDescription const& description,
                   std::span<T const> values, std::vector<hsize_t> const& size) {
    write_array(group, description, hdf5::kind_of<T>(), size, size.empty() ? 0 : size[0],
                [&](hdf5::Rows) {
                  return ArrayBlock{values.data(), values.size()};
                });
  }
  template <hdf5::ArrayElement T>
  void write_array(std::string const& group, ArrayDescription const& description,
                   std::vector<T> const& values, std::vector<hsize_t> const& size) {
    write_array(group, description, std::span<T const>(values), size);
  }
  /// The same in blocks of at most `block_rows` (1 or more) rows of the first dimension, each asked
  /// for when it is due: block(first, count) returns `count` rows from `first` on.
  template <hdf5::ArrayElement T>
  void write_array_blocks(
      std::string const& group, ArrayDescription const& description,
      std::vector<hsize_t> const& size, hsize_t block_rows,
      std::function<std::vector<T>(hsize_t first, hsize_t count)> const& block) {
    std::vector<T> values;
    write_array(group, description, hdf5::kind_of<T>(), size, block_rows, [&](hdf5::Rows rows) {
      values = {};  // two blocks are never held
      values = block(rows.first, rows.count);
      return ArrayBlock{values.data(), values.size()};
    });
  }

  /// From here on only rows can be written, and others can read them.
  void start();
  /// Writes all appended rows; a reader sees them afterwards.
  void flush();
  /// flush() if the policy says so; cheap otherwise. Call it once a batch.
  void flush_if_due();
  void begin_final();
  /// Completes the result under its final name. The writer is done afterwards.
  void commit();

  std::filesystem::path const& target() const { return target_; }

 private:
  enum class Phase { declaring, running, final, done };
  using Clock = std::chrono::steady_clock;

  ResultWriter(std::filesystem::path target, OnExisting on_existing, FlushPolicy policy);
  std::shared_ptr<ColumnStore> declare(std::shared_ptr<ColumnStore> store);
  hdf5::File& draft_file(std::string_view action);
  struct ArrayBlock {
    void const* data;
    std::size_t count;  // elements
  };
  void write_array(std::string const& group, ArrayDescription const& description,
                   hdf5::ScalarKind kind, std::vector<hsize_t> const& size, hsize_t block_rows,
                   std::function<ArrayBlock(hdf5::Rows)> const& block);
  void require_phase(Phase phase, std::string_view action) const;
  void write_pending();
  void open(std::filesystem::path const& path, hdf5::Access access);
  void close_file();
  std::filesystem::path draft() const;

  std::filesystem::path target_;
  OnExisting on_existing_;
  FlushPolicy policy_;
  std::unique_ptr<FileLock> lock_;
  std::vector<std::shared_ptr<ColumnStore>> tables_;
  std::unique_ptr<hdf5::File> file_;
  Phase phase_ = Phase::declaring;
  Clock::time_point started_ = Clock::now();
  Clock::time_point last_flush_ = Clock::now();
};

/// An n-D array read back, row-major.
template <class T>
struct ResultArray {
  std::vector<hsize_t> size;
  std::vector<T> values;
};

/// Reads a result in any state: complete, being written, or left by a run that died. Beside a
/// living writer each call sees what was flushed before it. Throws Hdf5Error for what is missing,
/// damaged or of another type.
class ResultReader {
 public:
  /// Throws ResultFileError if the file's schema is newer than this program.
  explicit ResultReader(std::filesystem::path const& path);

  /// False while the run lasts, and for ever if it died.
  bool complete() const { return complete_; }
  std::string config() const;
  bool has(std::string_view path) const { return hdf5::exists(file_, path); }
  std::vector<std::string> list(std::string_view group) const { return hdf5::list(file_, group); }

  template <ResultPart Record>
  Record record(std::string const& group = std::string(Record::group)) const {
    Record record;
    read_record(file_, group, record);
    return record;
  }
  template <ResultPart Row>
  std::vector<Row> rows(std::uint64_t first = 0, std::uint64_t count = UINT64_MAX,
                        std::string const& group = std::string(Row::group)) const {
    return read_table<Row>(file_, group, first, count);
  }
  template <hdf5::ArrayElement T>
  ResultArray<T> array(std::string const& path) const {
    hdf5::DatasetHandle const dataset = open_array(path, hdf5::kind_of<T>());
    ResultArray<T> array{hdf5::dataset_size(file_, path, dataset), {}};
    std::size_t count = 1;
    for (hsize_t length : array.size) count *= length;
    array.values.resize(count);
    hdf5::read_rows(file_, path, dataset, hdf5::kind_of<T>(), {0, array.size.at(0)},
                    array.values.data());
    return array;
  }

 private:
  hdf5::DatasetHandle open_array(std::string const& path, hdf5::ScalarKind kind) const;

  hdf5::File file_;
  bool complete_ = false;
};

}  // namespace panther
