// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "datasets/base/idx_dataset.hpp"

#include <array>

#include "datasets/base/find_files.hpp"
#include "datasets/base/idx.hpp"

namespace panther {
namespace {

// Of the four files, in the record's order.
std::array<std::vector<std::size_t>, 4> dimensions_of(DatasetRecord const& record) {
  auto const rows = static_cast<std::size_t>(record.rows);
  auto const cols = static_cast<std::size_t>(record.cols);
  return {{{record.train_count, rows, cols},
           {record.train_count},
           {record.test_count, rows, cols},
           {record.test_count}}};
}

Dataset parse_files(DatasetRecord const& record, std::vector<FoundFile> const& files) {
  auto const dimensions = dimensions_of(record);
  Dataset dataset = empty_dataset(record);
  std::array const targets{&dataset.train_images, &dataset.train_labels, &dataset.test_images,
                           &dataset.test_labels};
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto const data = parse_idx(files[i].content, dimensions[i], files[i].path);
    bool const labels = dimensions[i].size() == 1;
    if (labels) check_labels(data, record.classes, files[i].path);
    targets[i]->assign(data.begin(), data.end());
    dataset.sources.push_back({files[i].path, files[i].sha256});
  }
  return dataset;
}

void explain_damage(DatasetRecord const& record, std::vector<FoundFile> const& files) {
  parse_files(record, files);
}

}  // namespace

std::vector<DatasetFile> idx_dataset_files(std::vector<std::string> const& sha256) {
  return {{"train-images-idx3-ubyte", sha256.at(0)},
          {"train-labels-idx1-ubyte", sha256.at(1)},
          {"t10k-images-idx3-ubyte", sha256.at(2)},
          {"t10k-labels-idx1-ubyte", sha256.at(3)}};
}

Dataset load_idx_dataset(DatasetRecord const& record, DatasetSearch const& search) {
  std::vector<std::size_t> largest;
  for (auto const& dimensions : dimensions_of(record)) largest.push_back(idx_size(dimensions));
  return parse_files(record, find_files(record, search, largest, explain_damage));
}

}  // namespace panther
