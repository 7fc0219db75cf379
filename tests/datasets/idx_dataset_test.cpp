// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// The IDX datasets' contract on files of a few samples, and the search for files.
#include <cstdlib>

#include "datasets/base/idx.hpp"
#include "tests/datasets/support.hpp"

namespace panther {
namespace {

using test::Bytes;
using test::error_of;
using test::has;

constexpr char const* names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                 "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

// Three training and two test pictures of 2 x 3 pixels, four classes.
std::vector<Bytes> few_samples() {
  Bytes train(18);
  Bytes test(12);
  for (std::size_t i = 0; i < train.size(); ++i) train[i] = static_cast<std::uint8_t>(10 * i);
  for (std::size_t i = 0; i < test.size(); ++i) test[i] = static_cast<std::uint8_t>(255 - i);
  return {test::idx({3, 2, 3}, train), test::idx({3}, {3, 0, 1}), test::idx({2, 2, 3}, test),
          test::idx({2}, {2, 2})};
}

DatasetRecord record_for(std::vector<Bytes> const& files) {
  std::vector<std::string> digests;
  for (auto const& file : files) digests.push_back(sha256_of(file));
  DatasetRecord record;
  record.name = "few";
  record.get_it = "ask the test";
  record.rows = 2;
  record.cols = 3;
  record.classes = 4;
  record.train_count = 3;
  record.test_count = 2;
  record.files = idx_dataset_files(digests);
  record.load = load_idx_dataset;
  return record;
}

class IdxDataset : public test::FolderTest {
 protected:
  void write_all(std::vector<Bytes> const& files, std::string const& folder = "") const {
    for (std::size_t i = 0; i < files.size(); ++i) write(folder + names[i], files[i]);
  }

  Dataset load(DatasetRecord const& record) const {
    return load_dataset(record, {{folder_.string()}});
  }

  // The error when file `index` holds `content` instead of what the record says.
  std::string error_with(std::size_t index, Bytes const& content) const {
    auto files = few_samples();
    auto const record = record_for(files);
    files[index] = content;
    write_all(files);
    std::string const text = error_of([&] { load(record); });
    EXPECT_TRUE(has(text, (folder_ / names[index]).string())) << text;
    return text;
  }
};

TEST_F(IdxDataset, LoadsInTheOrderOfTheFile) {
  auto const files = few_samples();
  write_all(files);
  Dataset const dataset = load(record_for(files));
  EXPECT_EQ(dataset.name, "few");
  EXPECT_EQ(dataset.image_size(), 6u);
  EXPECT_EQ(dataset.train_count(), 3u);
  EXPECT_EQ(dataset.train_images, Bytes(files[0].begin() + 16, files[0].end()));
  EXPECT_EQ(dataset.test_images, Bytes(files[2].begin() + 16, files[2].end()));
  EXPECT_EQ(dataset.train_labels, (Bytes{3, 0, 1}));
  EXPECT_EQ(dataset.test_labels, (Bytes{2, 2}));
  ASSERT_EQ(dataset.sources.size(), 4u);
  EXPECT_EQ(dataset.sources[1].path, (folder_ / names[1]).string());
  EXPECT_EQ(dataset.sources[1].sha256, sha256_of(files[1]));
}

TEST_F(IdxDataset, GzipFilesGiveTheSame) {
  auto const files = few_samples();
  for (std::size_t i = 0; i < files.size(); ++i)
    write(std::string(names[i]) + ".gz", test::gzip(files[i]));
  Dataset const dataset = load(record_for(files));
  EXPECT_EQ(dataset.train_labels, (Bytes{3, 0, 1}));
  EXPECT_EQ(dataset.sources[0].sha256, sha256_of(files[0]))
      << "digests are of the uncompressed content";
}

TEST_F(IdxDataset, TruncatedFilesAreRefused) {
  Bytes const whole = few_samples()[0];
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string const text =
        error_with(0, Bytes(whole.begin(), whole.begin() + static_cast<long>(size)));
    EXPECT_TRUE(has(text, "truncated")) << size << ": " << text;
  }
}

TEST_F(IdxDataset, WrongHeadersAreRefused) {
  Bytes bytes = few_samples()[0];
  bytes[0] = 0x50;
  EXPECT_TRUE(has(error_with(0, bytes), "begins with 50 00, expected 00 00"));
  bytes = few_samples()[0];
  bytes[2] = 0x0d;
  EXPECT_TRUE(has(error_with(0, bytes), "IDX type 13, expected 8"));
  EXPECT_TRUE(has(error_with(0, few_samples()[1]), "IDX with 1 dimensions, expected 3"));
  EXPECT_TRUE(has(error_with(0, test::idx({3, 3, 2}, Bytes(18))),
                  "holds 3 x 3 x 2 values, expected 3 x 2 x 3"));
  EXPECT_TRUE(
      has(error_with(1, test::idx({0xffffffff}, Bytes(3))), "holds 4294967295 values, expected 3"));
}

TEST_F(IdxDataset, OversizedFilesAreRefused) {
  Bytes bytes = few_samples()[0];
  bytes.push_back(0);
  EXPECT_TRUE(has(error_with(0, bytes), "more than the 34 bytes"));
  EXPECT_TRUE(has(error_with(0, test::gzip(bytes)), "more than the 34 bytes"));
  EXPECT_TRUE(has(error_of([&] {
                    parse_idx(bytes, {3, 2, 3}, "x");
                  }),
                  "'x': 1 bytes follow the end of the data"));
}

TEST_F(IdxDataset, LabelsOutOfRangeAreRefused) {
  EXPECT_TRUE(
      has(error_with(1, test::idx({3}, {3, 0, 4})), "label 4 of example 2, expected 0 to 3"));
}

TEST_F(IdxDataset, AWrongDigestNamesBoth) {
  Bytes bytes = few_samples()[2];
  bytes.back() ^= 1;
  std::string const text = error_with(2, bytes);
  EXPECT_TRUE(
      has(text, "SHA-256 is " + sha256_of(bytes) + ", expected " + sha256_of(few_samples()[2])))
      << text;
}

TEST_F(IdxDataset, TheSubfolderOfTheNameComesFirst) {
  auto const files = few_samples();
  auto const record = record_for(files);
  write_all(files, "few/");
  write_all({{1}, {2}, {3}, {4}});
  EXPECT_EQ(load(record).sources[0].path, (folder_ / "few" / names[0]).string());
}

TEST_F(IdxDataset, AllFilesComeFromOneFolder) {
  auto const files = few_samples();
  write_all(files);
  write(std::string("few/") + names[0], {1, 2, 3});
  EXPECT_EQ(load(record_for(files)).sources[0].path, (folder_ / names[0]).string());
}

TEST_F(IdxDataset, NotFoundListsEveryPlaceAndTheSource) {
  write(names[0], {0});
  std::string const nowhere = (folder_ / "nowhere").string();
  auto const record = record_for(few_samples());
  std::string const text = error_of([&] { load_dataset(record, {{folder_.string(), nowhere}}); });
  EXPECT_TRUE(has(text, (folder_ / "few").string() + ": no such folder\n")) << text;
  EXPECT_TRUE(has(
      text, folder_.string() + ": no train-labels-idx1-ubyte[.gz], t10k-images-idx3-ubyte[.gz]"))
      << text;
  EXPECT_TRUE(has(text, nowhere + ": no such folder\n")) << text;
  EXPECT_TRUE(has(text, "To get it: ask the test")) << text;
}

TEST(DatasetSearchTest, StandardOrder) {
  char const* before = std::getenv("PANTHER_DATA");
  std::string const kept = before == nullptr ? "" : before;
  ::setenv("PANTHER_DATA", "/a::/b", 1);
  EXPECT_EQ(DatasetSearch::standard({"/named"}).folders,
            (std::vector<std::string>{"/named", "/a", "/b", "/usr/share/datasets"}));
  ::unsetenv("PANTHER_DATA");
  EXPECT_EQ(DatasetSearch::standard().folders, (std::vector<std::string>{"/usr/share/datasets"}));
  if (before != nullptr) ::setenv("PANTHER_DATA", kept.c_str(), 1);
}

}  // namespace
}  // namespace panther
