// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "datasets/base/registry.hpp"

#include <algorithm>

#include "datasets/base/find_files.hpp"
#include "datasets/dataset.hpp"

namespace panther {
namespace {

std::vector<DatasetRecord> sorted_records() {
  auto records = listed_dataset_records();
  std::sort(records.begin(), records.end(),
            [](auto const& a, auto const& b) { return a.name < b.name; });
  auto const twice =
      std::adjacent_find(records.begin(), records.end(),
                         [](auto const& a, auto const& b) { return a.name == b.name; });
  if (twice != records.end())
    throw std::logic_error("two datasets are called '" + twice->name + "'");
  return records;
}

DatasetInfo info_of(DatasetRecord const& record, DatasetSearch const& search, DatasetCheck check) {
  DatasetInfo info{&record, DatasetStatus::generated, {}, {}};
  if (record.files.empty()) return info;
  std::string looked_at;
  info.paths = locate_files(record, search, looked_at);
  info.status = info.paths.empty() ? DatasetStatus::missing : DatasetStatus::found;
  if (info.paths.empty()) info.detail = record.get_it;
  if (info.paths.empty() || check == DatasetCheck::presence) return info;
  info.paths.clear();
  try {
    for (auto const& source : load_dataset(record, search).sources)
      info.paths.push_back(source.path);
  } catch (DatasetError const& error) {
    info.status = DatasetStatus::damaged;
    info.detail = error.what();
  }
  return info;
}

}  // namespace

Dataset empty_dataset(DatasetRecord const& record) {
  Dataset dataset;
  dataset.name = record.name;
  dataset.rows = record.rows;
  dataset.cols = record.cols;
  dataset.channels = record.channels;
  dataset.classes = record.classes;
  return dataset;
}

std::vector<DatasetRecord> const& dataset_records() {
  static std::vector<DatasetRecord> const records = sorted_records();
  return records;
}

DatasetRecord const& dataset_record(std::string_view name) {
  std::string known;
  for (auto const& record : dataset_records()) {
    if (record.name == name) return record;
    known += (known.empty() ? "" : ", ") + record.name;
  }
  throw DatasetError("unknown dataset '" + std::string(name) + "'; datasets: " + known);
}

Dataset load_dataset(std::string_view name, DatasetSearch const& search) {
  return load_dataset(dataset_record(name), search);
}

Dataset load_dataset(DatasetRecord const& record, DatasetSearch const& search) {
  return record.load(record, search);
}

std::string_view status_name(DatasetStatus status) {
  constexpr std::string_view names[] = {"generated", "found", "missing", "damaged"};
  return names[static_cast<std::size_t>(status)];
}

std::vector<DatasetInfo> list_datasets(DatasetSearch const& search, DatasetCheck check) {
  std::vector<DatasetInfo> infos;
  for (auto const& record : dataset_records()) infos.push_back(info_of(record, search, check));
  return infos;
}

}  // namespace panther
