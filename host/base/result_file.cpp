// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/result_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "host/base/redo_record.hpp"

namespace panther {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view config_path = "/config";
constexpr std::string_view version_attribute = "schema_version";
constexpr std::string_view complete_attribute = "complete";

void refuse_existing(fs::path const& target) {
  if (fs::exists(target)) {
    throw ResultFileError(fmt::format(
        "{}: a result is already there; choose another name or ask for it to be overwritten",
        target.string()));
  }
  if (fs::exists(running_path(target))) {
    throw ResultFileError(
        fmt::format("{}: an unfinished run is there; resume it, choose another name or ask for it "
                    "to be overwritten",
                    running_path(target).string()));
  }
}

std::unique_ptr<FileLock> lock_target(fs::path const& target) {
  fs::path path = running_path(target);
  path += ".lock";
  return std::make_unique<FileLock>(path, "another process is writing this result");
}

}  // namespace

fs::path running_path(fs::path const& target) {
  fs::path running = target;
  running.replace_extension();
  running += ".running";
  running += target.extension();
  return running;
}

std::optional<fs::path> find_result(fs::path const& target) {
  if (fs::exists(target)) return target;
  if (fs::exists(running_path(target))) return running_path(target);
  return std::nullopt;
}

ResultWriter::ResultWriter(fs::path target, OnExisting on_existing, FlushPolicy policy)
    : target_(std::move(target)),
      on_existing_(on_existing),
      policy_(policy),
      lock_(lock_target(target_)) {}

ResultWriter ResultWriter::create(fs::path const& target, OnExisting on_existing,
                                  FlushPolicy policy) {
  if (on_existing == OnExisting::refuse) refuse_existing(target);
  ResultWriter writer(target, on_existing, policy);
  writer.file_ = std::make_unique<hdf5::File>(hdf5::File::create(writer.draft()));
  hdf5::set_attribute(*writer.file_, "/", version_attribute, result_schema_version);
  hdf5::set_attribute(*writer.file_, "/", complete_attribute, std::int64_t{0});
  return writer;
}

ResultWriter ResultWriter::resume(fs::path const& target, OnExisting on_existing,
                                  FlushPolicy policy) {
  if (on_existing == OnExisting::refuse && fs::exists(target)) refuse_existing(target);
  if (!fs::exists(running_path(target))) {
    throw ResultFileError(
        fmt::format("{}: there is no unfinished run to resume", running_path(target).string()));
  }
  ResultWriter writer(target, on_existing, policy);
  ResultReader const check_version(running_path(target));
  copy_content(running_path(target), writer.draft());
  finish_write(running_path(target), writer.draft());
  writer.open(writer.draft(), hdf5::Access::recover);
  return writer;
}

ResultWriter::~ResultWriter() {
  if (!file_) return;
  try {
    if (phase_ == Phase::running) flush();
    close_file();
  } catch (std::exception const&) {
    // A destructor cannot report; the running file is as of its last flush.
  }
  std::error_code ignored;
  if (phase_ != Phase::running) fs::remove(draft(), ignored);
}

fs::path ResultWriter::draft() const {
  fs::path path = running_path(target_);
  path += ".draft";
  return path;
}

void ResultWriter::require_phase(Phase phase, std::string_view action) const {
  constexpr std::array names{"declaring", "running", "final", "done"};
  if (phase_ == phase) return;
  throw std::logic_error(fmt::format("{}: cannot {} while {} (only while {})", target_.string(),
                                     action, names[static_cast<std::size_t>(phase_)],
                                     names[static_cast<std::size_t>(phase)]));
}

hdf5::File& ResultWriter::draft_file(std::string_view action) {
  if (phase_ != Phase::final) require_phase(Phase::declaring, action);
  return *file_;
}

std::shared_ptr<ColumnStore> ResultWriter::declare(std::shared_ptr<ColumnStore> store) {
  store->declare(draft_file("declare a table"));
  tables_.push_back(store);
  return store;
}

void ResultWriter::keep_rows(std::string_view group, std::uint64_t rows) {
  require_phase(Phase::declaring, "shorten a table");
  for (std::shared_ptr<ColumnStore> const& table : tables_) {
    if (table->group() != group) continue;
    if (table->rows() < rows) {
      throw ResultFileError(fmt::format("{}: table '{}' has {} rows, the checkpoint expects {}",
                                        running_path(target_).string(), group, table->rows(),
                                        rows));
    }
    table->truncate(*file_, rows);
    return;
  }
  throw std::logic_error(fmt::format("no table '{}' was declared", group));
}

void ResultWriter::write_config(std::string_view toml) {
  hdf5::File& file = draft_file("write the configuration");
  hdf5::write_text(file, config_path, toml);
  describe_object(file, config_path, "", "the complete configuration of the run, TOML");
}

void ResultWriter::write_array(std::string const& group, ArrayDescription const& description,
                               hdf5::ScalarKind kind, std::vector<hsize_t> const& size,
                               hsize_t block_rows,
                               std::function<ArrayBlock(hdf5::Rows)> const& block) {
  hdf5::File& file = draft_file("write an array");
  std::string const path = hdf5::join(group, description.name);
  if (kind != description.kind) {
    throw std::invalid_argument(fmt::format("'{}': elements of {}, described as {}", path,
                                            hdf5::kind_name(kind),
                                            hdf5::kind_name(description.kind)));
  }
  auto const dimensions = static_cast<std::size_t>(
      std::count_if(description.dimensions.begin(), description.dimensions.end(),
                    [](std::string_view name) { return !name.empty(); }));
  if (size.empty() || size.size() != dimensions || (block_rows == 0 && size[0] != 0)) {
    throw std::invalid_argument(
        fmt::format("'{}': {} lengths for {} described dimensions", path, size.size(), dimensions));
  }
  hsize_t const row_elements =
      std::accumulate(size.begin() + 1, size.end(), hsize_t{1}, std::multiplies<>());
  hdf5::DatasetHandle const dataset = hdf5::create_dataset(file, path, kind, {.size = size});
  for (hsize_t first = 0; first < size[0]; first += block_rows) {
    hdf5::Rows const rows{first, std::min(block_rows, size[0] - first)};
    ArrayBlock const values = block(rows);
    if (values.count != rows.count * row_elements) {
      throw std::invalid_argument(fmt::format("'{}': {} values do not fill {} rows of {}", path,
                                              values.count, rows.count, row_elements));
    }
    hdf5::write_rows(file, path, dataset, kind, rows, values.data);
  }
  describe_object(file, path, description.unit, description.doc);
  for (unsigned axis = 0; axis < size.size(); ++axis) {
    hdf5::attach_counting_scale(file, path, group, description.dimensions[axis], axis, size[axis]);
  }
}

void ResultWriter::start() {
  require_phase(Phase::declaring, "start");
  write_pending();
  close_file();
  // Under its final mode before others can see it, so that no reader finds it in another state.
  open(draft(), hdf5::Access::swmr_write);
  rename_durably(draft(), running_path(target_), OnExisting::replace);
  file_->renamed_to(running_path(target_));
  file_->record_writes();
  phase_ = Phase::running;
  started_ = last_flush_ = Clock::now();
}

void ResultWriter::write_pending() {
  for (std::shared_ptr<ColumnStore> const& table : tables_) table->write_pending(*file_);
}

void ResultWriter::flush() {
  require_phase(Phase::running, "flush");
  write_pending();
  file_->flush();
  last_flush_ = Clock::now();
}

void ResultWriter::flush_if_due() {
  Clock::time_point const now = Clock::now();
  std::chrono::duration<double> const due = std::clamp(
      policy_.share * std::chrono::duration<double>(now - started_), policy_.least, policy_.most);
  if (now - last_flush_ >= due) flush();
}

void ResultWriter::close_file() {
  for (std::shared_ptr<ColumnStore> const& table : tables_) table->close();
  if (!file_) return;
  std::unique_ptr<hdf5::File> const file = std::move(file_);
  file->close();
}

void ResultWriter::open(fs::path const& path, hdf5::Access access) {
  file_ = std::make_unique<hdf5::File>(hdf5::File::open(path, access));
  for (std::shared_ptr<ColumnStore> const& table : tables_) table->open(*file_);
}

void ResultWriter::begin_final() {
  require_phase(Phase::running, "begin the final part");
  flush();
  close_file();
  copy_content(running_path(target_), draft());
  phase_ = Phase::final;
  open(draft(), hdf5::Access::read_write);
}

void ResultWriter::commit() {
  hdf5::set_attribute(draft_file("commit"), "/", complete_attribute, std::int64_t{1});
  write_pending();
  close_file();
  rename_durably(draft(), running_path(target_), OnExisting::replace);
  phase_ = Phase::done;
  rename_durably(running_path(target_), target_, on_existing_);
  lock_.reset();
}

ResultReader::ResultReader(fs::path const& path) : file_(hdf5::File::open_for_reading(path)) {
  if (!hdf5::has_attribute(file_, "/", version_attribute)) {
    throw ResultFileError(fmt::format("{}: an HDF5 file, but no result of panther", path.string()));
  }
  std::int64_t const version = hdf5::integer_attribute(file_, "/", version_attribute);
  if (version > result_schema_version) {
    throw ResultFileError(fmt::format(
        "{}: its schema version is {}, this program reads versions up to {}: use a newer program",
        path.string(), version, result_schema_version));
  }
  complete_ = hdf5::integer_attribute(file_, "/", complete_attribute) != 0;
}

std::string ResultReader::config() const { return hdf5::read_text(file_, config_path); }

hdf5::DatasetHandle ResultReader::open_array(std::string const& path, hdf5::ScalarKind kind) const {
  hdf5::DatasetHandle dataset = hdf5::open_dataset(file_, path);
  hdf5::ScalarKind const stored = hdf5::dataset_kind(file_, path, dataset);
  if (stored != kind) {
    throw Hdf5Error(
        file_.path(), path, "read",
        fmt::format("its elements are {}, not {}", hdf5::kind_name(stored), hdf5::kind_name(kind)));
  }
  return dataset;
}

}  // namespace panther
