// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/result_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace panther {
namespace {

/// Small, because each flush writes the last chunk of every column anew.
constexpr hsize_t rows_per_chunk = 512;

}  // namespace

ColumnStore::ColumnStore(std::string group, std::string doc, std::vector<ColumnDescription> columns,
                         std::vector<std::size_t> widths)
    : group_(std::move(group)),
      doc_(std::move(doc)),
      columns_(std::move(columns)),
      widths_(std::move(widths)),
      pending_(columns_.size()) {
  if (columns_.empty() || !columns_.front().dimension.empty()) {
    throw std::invalid_argument(
        fmt::format("table '{}': the first field must be the scalar index of the rows", group_));
  }
}

ColumnStore::ColumnStore(hdf5::File const& file, std::string group,
                         std::vector<ColumnDescription> columns)
    : ColumnStore(std::move(group), "", std::move(columns), {}) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::vector<hsize_t> const size =
        hdf5::dataset_size(file, path(i), hdf5::open_dataset(file, path(i)));
    widths_.push_back(size.size() == 2 ? size[1] : 1);
  }
  check(file);
  open(file);
}

std::string ColumnStore::path(std::size_t column) const {
  return hdf5::join(group_, columns_[column].name);
}

std::size_t ColumnStore::element_bytes(std::size_t column) const {
  return hdf5::element_bytes(columns_[column].kind);
}

void ColumnStore::declare(hdf5::File& file) {
  if (hdf5::exists(file, path(0))) {
    check(file);
  } else {
    create(file);
  }
  open(file);
  truncate(file, stored_rows_);
}

void ColumnStore::create(hdf5::File& file) {
  hdf5::make_group(file, group_);
  describe_object(file, group_, "", doc_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    ColumnDescription const& column = columns_[i];
    hdf5::Shape shape{.size = {0}, .extendible = true, .chunk_rows = rows_per_chunk};
    if (!column.dimension.empty()) shape.size.push_back(widths_[i]);
    hdf5::create_dataset(file, path(i), column.kind, shape);
    describe_object(file, path(i), column);
    if (i == 0) {
      hdf5::make_scale(file, path(0), column.name);
      continue;
    }
    hdf5::attach_scale(file, path(i), path(0), 0);
    if (column.dimension.empty()) continue;
    hdf5::attach_counting_scale(file, path(i), group_, column.dimension, 1, widths_[i]);
  }
}

void ColumnStore::check(hdf5::File const& file) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    hdf5::DatasetHandle const dataset = hdf5::open_dataset(file, path(i));
    hdf5::ScalarKind const kind = hdf5::dataset_kind(file, path(i), dataset);
    std::vector<hsize_t> const size = hdf5::dataset_size(file, path(i), dataset);
    std::size_t const dimensions = columns_[i].dimension.empty() ? 1 : 2;
    bool const same_width = dimensions == 1 || (size.size() == 2 && size[1] == widths_[i]);
    if (kind == columns_[i].kind && size.size() == dimensions && same_width) continue;
    throw std::invalid_argument(fmt::format(
        "{}: column '{}' is {} with {} dimension(s), but this version describes it as {} with {}{}",
        file.path().string(), path(i), hdf5::kind_name(kind), size.size(),
        hdf5::kind_name(columns_[i].kind), dimensions,
        same_width ? "" : fmt::format(" and {} elements a row", widths_[i])));
  }
}

void ColumnStore::open(hdf5::File const& file) {
  close();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    datasets_.push_back(hdf5::open_dataset(file, path(i)));
  }
  stored_rows_ = complete_rows(file);
}

void ColumnStore::close() { datasets_.clear(); }

/// Columns grow one after the other: a reader beside the writer, or after its death, may find them
/// of unequal length.
std::uint64_t ColumnStore::complete_rows(hdf5::File const& file) const {
  std::uint64_t rows = UINT64_MAX;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    rows = std::min<std::uint64_t>(rows, hdf5::dataset_size(file, path(i), datasets_[i])[0]);
  }
  return rows;
}

void ColumnStore::begin_row() {
  // A row that ended early (an exception in the middle) is dropped.
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    pending_[i].resize(pending_rows_ * widths_[i] * element_bytes(i));
  }
  next_column_ = 0;
}

std::span<std::byte> ColumnStore::next_cell(std::string_view name, std::size_t elements) {
  std::size_t const column = next_column_++;
  if (elements != widths_[column]) {
    throw std::invalid_argument(
        fmt::format("table '{}': '{}' has {} elements in this row, {} in the declared shape",
                    group_, name, elements, widths_[column]));
  }
  std::vector<std::byte>& bytes = pending_[column];
  std::size_t const start = bytes.size();
  bytes.resize(start + elements * element_bytes(column));
  return std::span(bytes).subspan(start);
}

void ColumnStore::write_pending(hdf5::File& file) {
  if (pending_rows_ == 0) return;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::vector<hsize_t> size{stored_rows_ + pending_rows_};
    if (!columns_[i].dimension.empty()) size.push_back(widths_[i]);
    hdf5::call(file.where(path(i)), "extend", H5Dset_extent, datasets_[i].id(), size.data());
    hdf5::write_rows(file, path(i), datasets_[i], columns_[i].kind, {stored_rows_, pending_rows_},
                     pending_[i].data());
  }
  stored_rows_ += pending_rows_;
  pending_rows_ = 0;
  for (std::vector<std::byte>& bytes : pending_) bytes.clear();
}

void ColumnStore::truncate(hdf5::File& file, std::uint64_t rows) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::vector<hsize_t> size{rows};
    if (!columns_[i].dimension.empty()) size.push_back(widths_[i]);
    hdf5::call(file.where(path(i)), "shorten", H5Dset_extent, datasets_[i].id(), size.data());
  }
  stored_rows_ = rows;
}

std::vector<std::vector<std::byte>> ColumnStore::read_all(hdf5::File const& file,
                                                          hdf5::Rows rows) const {
  std::vector<std::vector<std::byte>> all(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    all[i].resize(rows.count * widths_[i] * element_bytes(i));
    hdf5::read_rows(file, path(i), datasets_[i], columns_[i].kind, rows, all[i].data());
  }
  return all;
}

}  // namespace panther
