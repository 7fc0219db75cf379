// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// The digits' reader on files of three lines.
#include "tests/datasets/support.hpp"

namespace panther {
namespace {

using test::Bytes;
using test::error_of;
using test::has;

std::string line_of(int pixel, int label) {
  std::string line;
  for (int i = 0; i < 64; ++i) line += std::to_string(pixel) + ",";
  return line + std::to_string(label) + "\n";
}

Bytes bytes_of(std::string const& text) { return Bytes(text.begin(), text.end()); }

class Digits : public test::FolderTest {
 protected:
  // Loads `text` as two training and one test example; with the right digest, or that of something
  // else.
  Dataset load(std::string const& text, bool right_digest = true) const {
    DatasetRecord record = dataset_record("digits");
    record.other_folders.clear();
    record.train_count = 2;
    record.test_count = 1;
    record.files[0].sha256 = right_digest ? sha256_of(bytes_of(text)) : std::string(64, '0');
    write("digits.csv.gz", test::gzip(bytes_of(text)));
    return load_dataset(record, {{folder_.string()}});
  }
  std::string error(std::string const& text) const {
    return error_of([&] { load(text, false); });
  }
};

TEST_F(Digits, PixelsAreScaledAndSplitInOrder) {
  Dataset const dataset = load(line_of(0, 7) + line_of(16, 1) + line_of(8, 9));
  EXPECT_EQ(dataset.train_labels, (Bytes{7, 1}));
  EXPECT_EQ(dataset.test_labels, (Bytes{9}));
  EXPECT_EQ(dataset.train_images[0], 0);
  EXPECT_EQ(dataset.train_images[64], 255);
  EXPECT_EQ(dataset.test_images, Bytes(64, 128));
}

TEST_F(Digits, BadFilesAreRefusedByNameAndLine) {
  std::string const good = line_of(1, 1);
  EXPECT_TRUE(has(error(good + good), "digits.csv.gz' line 3: truncated: expected 3 lines"));
  EXPECT_TRUE(has(error(good + good + good + good), "more than the expected 3 lines"));
  EXPECT_TRUE(has(error(good + line_of(17, 1) + good), "line 2: expected a number of 0 to 16"));
  EXPECT_TRUE(has(error(good + line_of(1, 10) + good), "line 2: expected a number of 0 to 9"));
  EXPECT_TRUE(has(error(good + good + "1,2,3\n"), "line 3: expected 65 numbers"));
  EXPECT_TRUE(has(error(good + good + line_of(1, 1).substr(0, 129)),
                  "line 3: more than 65 numbers, or no line end"));
  EXPECT_TRUE(has(error("hello\n"), "line 1: expected a number"));
  EXPECT_TRUE(has(error(good + good + good), "SHA-256 is "));
}

}  // namespace
}  // namespace panther
