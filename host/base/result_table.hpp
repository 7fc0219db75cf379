// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tables of described rows: columns in a group of a result file, grown by appending. Rows wait in
// memory until they are flushed, so an append costs a copy and the file sees few large writes.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/result_schema.hpp"

namespace panther {

/// The columns of one table without their row type. Used through ResultTable and read_rows.
class ColumnStore {
 public:
  /// `widths`: elements a row of each column.
  ColumnStore(std::string group, std::string doc, std::vector<ColumnDescription> columns,
              std::vector<std::size_t> widths);
  /// The same for reading: the widths are what the file holds.
  ColumnStore(hdf5::File const& file, std::string group, std::vector<ColumnDescription> columns);

  /// Creates the group and its datasets; if they exist, checks that they are these columns and
  /// continues behind their last complete row. Throws std::invalid_argument naming the column that
  /// differs.
  void declare(hdf5::File& file);
  /// Opens the datasets of a file in which the table was declared.
  void open(hdf5::File const& file);
  void close();

  /// Starts a row; the columns are then filled in order.
  void begin_row();
  /// Room for the next column of the present row. Throws std::invalid_argument if `elements` is not
  /// its width.
  std::span<std::byte> next_cell(std::string_view name, std::size_t elements);
  void end_row() { ++pending_rows_; }

  /// Writes what waits. The table must be open.
  void write_pending(hdf5::File& file);
  /// Drops all rows from `rows` on; the table must be open and nothing may wait.
  void truncate(hdf5::File& file, std::uint64_t rows);

  std::string const& group() const { return group_; }
  /// Rows in the file and waiting.
  std::uint64_t rows() const { return stored_rows_ + pending_rows_; }
  std::uint64_t stored_rows() const { return stored_rows_; }
  std::size_t width(std::size_t column) const { return widths_[column]; }
  std::size_t element_bytes(std::size_t column) const;
  /// The bytes of these rows, column by column.
  std::vector<std::vector<std::byte>> read_all(hdf5::File const& file, hdf5::Rows rows) const;

 private:
  std::string path(std::size_t column) const;
  void create(hdf5::File& file);
  void check(hdf5::File const& file) const;
  std::uint64_t complete_rows(hdf5::File const& file) const;

  std::string group_;
  std::string doc_;
  std::vector<ColumnDescription> columns_;
  std::vector<std::size_t> widths_;
  std::vector<hdf5::DatasetHandle> datasets_;
  std::vector<std::vector<std::byte>> pending_;
  std::size_t next_column_ = 0;
  std::uint64_t pending_rows_ = 0;
  std::uint64_t stored_rows_ = 0;
};

/// A growing table of a ResultWriter. Copies share the table; the writer must outlive its use.
template <DescribedStruct Row>
class ResultTable {
 public:
  explicit ResultTable(std::shared_ptr<ColumnStore> store) : store_(std::move(store)) {}

  /// Adds a row; it reaches the file with the writer's next flush. Throws std::invalid_argument for
  /// a vector of another length than declared, std::length_error for a text that is too long.
  void append(Row const& row) {
    store_->begin_row();
    auto visit = [this]<class T>(std::string_view name, T const& value, Field const&) {
      if constexpr (is_vector<T>) {
        std::span<std::byte> const cell = store_->next_cell(name, value.size());
        std::size_t const step = value.empty() ? 0 : cell.size() / value.size();
        for (std::size_t i = 0; i < value.size(); ++i) {
          detail::put_element(cell.subspan(i * step, step), name, value[i]);
        }
      } else {
        detail::put_element(store_->next_cell(name, 1), name, value);
      }
    };
    Row::fields(row, visit);
    store_->end_row();
  }
  void append(std::vector<Row> const& rows) {
    for (Row const& row : rows) append(row);
  }

  std::uint64_t rows() const { return store_->rows(); }

 private:
  std::shared_ptr<ColumnStore> store_;
};

/// The rows [first, first + count) of a table, as far as they are there and complete.
template <DescribedStruct Row>
std::vector<Row> read_table(hdf5::File const& file, std::string const& group,
                            std::uint64_t first = 0, std::uint64_t count = UINT64_MAX) {
  ColumnStore const store(file, group, describe_columns<Row>());
  first = std::min(first, store.stored_rows());
  count = std::min(count, store.stored_rows() - first);
  std::vector<std::vector<std::byte>> const bytes = store.read_all(file, {first, count});
  std::vector<Row> rows(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::size_t column = 0;
    auto visit = [&]<class T>(std::string_view name, T& value, Field const&) {
      std::size_t const width = store.width(column);
      std::size_t const step = store.element_bytes(column);
      std::span<std::byte const> const cell =
          std::span(bytes[column++]).subspan(i * width * step, width * step);
      if constexpr (is_vector<T>) {
        value.resize(width);
        for (std::size_t k = 0; k < width; ++k) {
          detail::get_element(cell.subspan(k * step, step), name, value[k]);
        }
      } else {
        detail::get_element(cell, name, value);
      }
    };
    Row::fields(rows[i], visit);
  }
  return rows;
}

}  // namespace panther
