// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Digits: 1,797 handwritten digits of 8 x 8 pixels, the test part of E. Alpaydin, C. Kaynak,
// "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998), as
// scikit-learn ships it: a line an example, 64 pixels of 0 to 16 and the label, separated by
// commas. Here pixels are scaled to 0 to 255, rounded; the first 1,500 examples train, the last 297
// test. The writers of the two parts are not kept apart.
#include <charconv>

#include "datasets/base/find_files.hpp"
#include "datasets/base/idx.hpp"

namespace panther {

DatasetRecord digits_dataset();

namespace {

constexpr int darkest = 16;

[[noreturn]] void fail(std::string const& path, std::size_t line, std::string const& why) {
  throw DatasetError("'" + path + "' line " + std::to_string(line + 1) + ": " + why);
}

class Reader {
 public:
  explicit Reader(FoundFile const& file)
      : path_(file.path),
        next_(reinterpret_cast<char const*>(file.content.data())),
        end_(next_ + file.content.size()) {}

  bool at_end() const { return next_ == end_; }

  // A number of 0 to `largest` and the character after it.
  int number(int largest, char after, std::size_t line) {
    int value = -1;
    auto const [stop, error] = std::from_chars(next_, end_, value);
    if (error != std::errc{} || value < 0 || value > largest) {
      fail(path_, line, "expected a number of 0 to " + std::to_string(largest));
    }
    if (stop == end_ || *stop != after) {
      fail(path_, line,
           after == ',' ? "expected 65 numbers separated by commas"
                        : "more than 65 numbers, or no line end");
    }
    next_ = stop + 1;
    return value;
  }

 private:
  std::string const& path_;
  char const* next_;
  char const* end_;
};

Dataset parse(DatasetRecord const& record, FoundFile const& file) {
  Dataset dataset = empty_dataset(record);
  Reader reader(file);
  std::size_t const count = record.train_count + record.test_count;
  for (std::size_t line = 0; line < count; ++line) {
    if (reader.at_end())
      fail(file.path, line, "truncated: expected " + std::to_string(count) + " lines");
    bool const train = line < record.train_count;
    auto& images = train ? dataset.train_images : dataset.test_images;
    for (std::size_t pixel = 0; pixel < dataset.image_size(); ++pixel) {
      int const value = reader.number(darkest, ',', line);
      images.push_back(static_cast<std::uint8_t>((value * 255 + darkest / 2) / darkest));
    }
    int const label = reader.number(record.classes - 1, '\n', line);
    (train ? dataset.train_labels : dataset.test_labels)
        .push_back(static_cast<std::uint8_t>(label));
  }
  if (!reader.at_end())
    fail(file.path, count, "more than the expected " + std::to_string(count) + " lines");
  dataset.sources.push_back({file.path, file.sha256});
  return dataset;
}

void explain_damage(DatasetRecord const& record, std::vector<FoundFile> const& files) {
  parse(record, files.front());
}

Dataset load(DatasetRecord const& record, DatasetSearch const& search) {
  constexpr std::size_t longest_line = 64 * 3 + 2;
  std::size_t const largest = (record.train_count + record.test_count) * longest_line;
  return parse(record, find_files(record, search, {largest}, explain_damage).front());
}

}  // namespace

DatasetRecord digits_dataset() {
  return {
      .name = "digits",
      .summary = "8 x 8 grey handwritten digits, 10 classes",
      .licence = "CC BY 4.0 (UCI Machine Learning Repository)",
      .get_it =
          "Debian or Ubuntu package python3-sklearn (apt install python3-sklearn), or "
          "scikit-learn's file "
          "sklearn/datasets/data/digits.csv.gz",
      .rows = 8,
      .cols = 8,
      .channels = 1,
      .classes = 10,
      .train_count = 1500,
      .test_count = 297,
      // Of scikit-learn 1.2.1.
      .files = {{"digits.csv", "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"}},
      .other_folders = {"/usr/lib/python3/dist-packages/sklearn/datasets/data"},
      .load = load,
  };
}

}  // namespace panther
