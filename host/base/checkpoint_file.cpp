// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/checkpoint_file.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <functional>
#include <numeric>

#include "host/base/digest.hpp"
#include "host/base/text_difference.hpp"

namespace panther {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t user_block_bytes = 512;
constexpr std::string_view magic = "panther checkpoint 1\nsha256 ";
constexpr std::string_view config_path = "/config";

fs::path draft_of(fs::path target) {
  target += ".draft";
  return target;
}

std::string state_path(std::string const& name) { return "/state/" + name; }

std::string user_block(std::string const& digest) {
  std::string block = fmt::format("{}{}\n", magic, digest);
  block.resize(user_block_bytes, '\0');
  return block;
}

void write_user_block(fs::path const& path) {
  std::string const block = user_block(sha256_of_file(path, user_block_bytes));
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.write(block.data(), static_cast<std::streamsize>(block.size()));
  file.close();
  if (!file) throw FileError(fmt::format("{}: cannot write the checksum", path.string()));
}

void verify(fs::path const& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw CheckpointError(fmt::format("{}: cannot open the checkpoint", path.string()));
  std::string block(user_block_bytes, '\0');
  file.read(block.data(), static_cast<std::streamsize>(block.size()));
  if (!block.starts_with(magic)) {
    throw CheckpointError(fmt::format("{}: this is no checkpoint of panther", path.string()));
  }
  if (block != user_block(sha256_of_file(path, user_block_bytes))) {
    throw CheckpointError(
        fmt::format("{}: the checkpoint is damaged (its SHA-256 is not the one it was written "
                    "with); use an older one",
                    path.string()));
  }
}

void require_same_config(fs::path const& path, std::string_view stored, std::string_view present) {
  if (stored == present) return;
  throw CheckpointError(fmt::format("{}: the checkpoint belongs to another configuration; {}",
                                    path.string(), first_difference(stored, present)));
}

hdf5::File open_verified(fs::path const& path) {
  verify(path);
  return hdf5::File::open(path, hdf5::Access::read);
}

}  // namespace

CheckpointWriter::CheckpointWriter(fs::path target, std::string_view config)
    : target_(std::move(target)),
      draft_(draft_of(target_)),
      file_(hdf5::File::create(draft_, user_block_bytes)) {
  hdf5::write_text(file_, config_path, config);
}

CheckpointWriter::~CheckpointWriter() {
  if (committed_) return;
  std::error_code ignored;
  fs::remove(draft_, ignored);
}

void CheckpointWriter::text(std::string const& name, std::string_view value) {
  hdf5::write_text(file_, state_path(name), value);
}

void CheckpointWriter::write_array(std::string const& name, hdf5::ScalarKind kind, void const* data,
                                   std::size_t count, std::vector<hsize_t> size) {
  if (size.empty()) size = {count};
  if (std::accumulate(size.begin(), size.end(), hsize_t{1}, std::multiplies<>()) != count) {
    throw std::invalid_argument(
        fmt::format("checkpoint array '{}': {} values do not fill its shape", name, count));
  }
  std::string const path = state_path(name);
  hdf5::DatasetHandle const dataset =
      hdf5::create_dataset(file_, path, kind, {.size = size, .filters = hdf5::Filters::none});
  hdf5::write_rows(file_, path, dataset, kind, {0, size[0]}, data);
}

void CheckpointWriter::commit() {
  file_.close();
  write_user_block(draft_);
  rename_durably(draft_, target_, OnExisting::replace);
  committed_ = true;
}

CheckpointReader::CheckpointReader(fs::path const& path, std::string_view config)
    : file_(open_verified(path)) {
  require_same_config(path, this->config(), config);
}

std::string CheckpointReader::config() const { return hdf5::read_text(file_, config_path); }

std::string CheckpointReader::text(std::string const& name) const {
  return hdf5::read_text(file_, state_path(name));
}

std::size_t CheckpointReader::length_of(std::string const& name) const {
  std::string const path = state_path(name);
  std::vector<hsize_t> const size =
      hdf5::dataset_size(file_, path, hdf5::open_dataset(file_, path));
  return std::accumulate(size.begin(), size.end(), std::size_t{1}, std::multiplies<>());
}

void CheckpointReader::read_array(std::string const& name, hdf5::ScalarKind kind, void* data,
                                  std::size_t count) const {
  std::string const path = state_path(name);
  hdf5::DatasetHandle const dataset = hdf5::open_dataset(file_, path);
  hdf5::ScalarKind const stored = hdf5::dataset_kind(file_, path, dataset);
  std::size_t const length = length_of(name);
  if (stored != kind || length != count) {
    throw CheckpointError(fmt::format("{}: '{}' holds {} x {}, expected {} x {}",
                                      file_.path().string(), name, length, hdf5::kind_name(stored),
                                      count, hdf5::kind_name(kind)));
  }
  hsize_t const rows = hdf5::dataset_size(file_, path, dataset).at(0);
  hdf5::read_rows(file_, path, dataset, kind, {0, rows}, data);
}

}  // namespace panther
