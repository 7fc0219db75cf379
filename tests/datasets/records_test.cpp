// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// What holds for every dataset; those whose files are not on this machine are reported as skipped.
#include <algorithm>
#include <set>

#include "tests/datasets/support.hpp"

namespace panther {
namespace {

using test::error_of;
using test::has;

std::vector<std::string> record_names() {
  std::vector<std::string> names;
  for (auto const& record : dataset_records()) names.push_back(record.name);
  return names;
}

TEST(DatasetRecords, AllAreListed) {
  EXPECT_EQ(record_names(),
            (std::vector<std::string>{"digits", "fashion-mnist", "mnist", "synthetic"}));
}

TEST(DatasetRecords, UnknownNamesListTheKnown) {
  EXPECT_EQ(error_of([] { dataset_record("mnits"); }),
            "unknown dataset 'mnits'; datasets: digits, fashion-mnist, mnist, synthetic");
}

class EveryDataset : public testing::TestWithParam<std::string> {
 protected:
  DatasetRecord const& record() const { return dataset_record(GetParam()); }
};

TEST_P(EveryDataset, TheRecordIsComplete) {
  EXPECT_FALSE(record().summary.empty());
  EXPECT_FALSE(record().licence.empty());
  EXPECT_FALSE(record().get_it.empty());
  EXPECT_GT(record().rows * record().cols * record().channels, 0);
  EXPECT_GT(record().classes, 1);
  EXPECT_LE(record().classes, 256);
  for (auto const& file : record().files) {
    EXPECT_EQ(file.sha256.size(), 64u) << file.name;
    EXPECT_EQ(file.sha256.find_first_not_of("0123456789abcdef"), std::string::npos) << file.name;
    EXPECT_FALSE(file.name.ends_with(".gz")) << file.name;
  }
}

TEST_P(EveryDataset, MissingFilesSayWhereToGetThem) {
  DatasetRecord elsewhere = record();
  elsewhere.other_folders.clear();
  if (elsewhere.files.empty()) {
    EXPECT_NO_THROW(load_dataset(elsewhere, {})) << "what is generated needs no files";
    return;
  }
  std::string const text = error_of([&] { load_dataset(elsewhere, {{"/no/such/folder"}}); });
  EXPECT_TRUE(has(text, "/no/such/folder/" + GetParam() + ": no such folder")) << text;
  EXPECT_TRUE(has(text, elsewhere.get_it)) << text;
}

TEST_P(EveryDataset, LoadsWithDeclaredShapeAndLabelsInRange) {
  Dataset dataset;
  try {
    dataset = load_dataset(record(), DatasetSearch::standard());
  } catch (DatasetError const& error) {
    if (!has(error.what(), "was not found")) throw;
    GTEST_SKIP() << error.what();
  }
  EXPECT_EQ(dataset.train_count(), record().train_count);
  EXPECT_EQ(dataset.test_count(), record().test_count);
  EXPECT_EQ(dataset.train_images.size(), dataset.train_count() * dataset.image_size());
  EXPECT_EQ(dataset.test_images.size(), dataset.test_count() * dataset.image_size());
  for (auto const* labels : {&dataset.train_labels, &dataset.test_labels}) {
    std::set<int> const present(labels->begin(), labels->end());
    EXPECT_EQ(present.size(), static_cast<std::size_t>(record().classes));
    EXPECT_LT(*present.rbegin(), record().classes);
  }
  EXPECT_FALSE(dataset.sources.empty());
}

INSTANTIATE_TEST_SUITE_P(Datasets, EveryDataset, testing::ValuesIn(record_names()),
                         [](auto const& instance) {
                           std::string name = instance.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

class DatasetList : public test::FolderTest {
 protected:
  DatasetInfo info_of(std::string const& name, DatasetCheck check) const {
    for (auto const& info : list_datasets({{folder_.string()}}, check)) {
      if (info.record->name == name) return info;
    }
    throw std::logic_error(name);
  }
};

TEST_F(DatasetList, SaysWhatIsThere) {
  EXPECT_EQ(info_of("synthetic", DatasetCheck::presence).status, DatasetStatus::generated);
  DatasetInfo const missing = info_of("mnist", DatasetCheck::presence);
  EXPECT_EQ(missing.status, DatasetStatus::missing);
  EXPECT_EQ(missing.detail, dataset_record("mnist").get_it);

  for (auto const& file : dataset_record("mnist").files) write("mnist/" + file.name, {1, 2, 3});
  DatasetInfo const present = info_of("mnist", DatasetCheck::presence);
  EXPECT_EQ(present.status, DatasetStatus::found);
  ASSERT_EQ(present.paths.size(), 4u);
  EXPECT_EQ(present.paths[1], (folder_ / "mnist" / "train-labels-idx1-ubyte").string());
  DatasetInfo const damaged = info_of("mnist", DatasetCheck::content);
  EXPECT_EQ(damaged.status, DatasetStatus::damaged);
  EXPECT_EQ(status_name(damaged.status), "damaged");
  EXPECT_TRUE(has(damaged.detail, "train-images-idx3-ubyte': truncated")) << damaged.detail;
}

// The files of MNIST and Fashion-MNIST have the same names, so a folder may hold the wrong ones.
TEST_F(DatasetList, FilesOfAnotherDatasetArePassedOver) {
  Dataset dataset;
  try {
    dataset = load_dataset("fashion-mnist", DatasetSearch::standard());
  } catch (DatasetError const& error) {
    GTEST_SKIP() << error.what();
  }
  std::filesystem::create_directory(folder_ / "wrong");
  for (auto const& source : dataset.sources) {
    auto const from = std::filesystem::path(source.path);
    std::filesystem::copy_file(from, folder_ / "wrong" / from.filename());
  }
  std::string const text =
      error_of([&] { load_dataset("mnist", {{(folder_ / "wrong").string()}}); });
  EXPECT_TRUE(has(text, "wrong: these are the files of fashion-mnist")) << text;
}

}  // namespace
}  // namespace panther
