// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Labelled images for training: what is known of each dataset, where its files are looked for, and
// loading. Nothing is downloaded; content is checked against SHA-256 digests, so a name means the
// same bytes everywhere.

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace panther {

/// A dataset is unknown, missing, or not what it should be. what() names the file, what was found
/// and what is expected.
class DatasetError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where content came from.
struct DatasetSource {
  std::string path;    ///< the file read, or "generated:<part>"
  std::string sha256;  ///< of the uncompressed content, hexadecimal
};

/// Images are row-major, 8 bits a channel, planes of channels one after the other, examples back to
/// back.
struct Dataset {
  std::string name;
  int rows = 0;
  int cols = 0;
  int channels = 0;
  int classes = 0;
  std::vector<std::uint8_t> train_images;
  std::vector<std::uint8_t> test_images;
  std::vector<std::uint8_t> train_labels;
  std::vector<std::uint8_t> test_labels;
  std::vector<DatasetSource> sources;

  /// Bytes of one image.
  std::size_t image_size() const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols) *
           static_cast<std::size_t>(channels);
  }
  std::size_t train_count() const { return train_labels.size(); }
  std::size_t test_count() const { return test_labels.size(); }
};

/// Where files are looked for, in this order: the folders the user named, those of the environment
/// variable PANTHER_DATA (separated by colons), /usr/share/datasets. In each, the subfolder of the
/// dataset's name first.
struct DatasetSearch {
  std::vector<std::string> folders;

  /// `named` is what --data gave.
  static DatasetSearch standard(std::vector<std::string> const& named = {});
};

/// One file: its name without ".gz" (both forms are accepted) and the digest of its uncompressed
/// content.
struct DatasetFile {
  std::string name;
  std::string sha256;
};

/// What is known of a dataset. datasets/<name>.cpp defines one.
struct DatasetRecord {
  std::string name;
  std::string summary;
  std::string licence;  ///< a note for people, not legal advice
  std::string get_it;   ///< how to get the files
  int rows = 0;
  int cols = 0;
  int channels = 1;
  int classes = 0;
  std::size_t train_count = 0;
  std::size_t test_count = 0;
  std::vector<DatasetFile> files;          ///< empty if it is generated
  std::vector<std::string> other_folders;  ///< where a package keeps them, searched last
  Dataset (*load)(DatasetRecord const&, DatasetSearch const&) = nullptr;
};

/// Name and shape of the record, no examples; what a loader fills.
Dataset empty_dataset(DatasetRecord const& record);

/// All records, sorted by name. Throws std::logic_error if two share a name.
std::vector<DatasetRecord> const& dataset_records();

/// Throws DatasetError with the list of names.
DatasetRecord const& dataset_record(std::string_view name);

/// Loads and checks. Throws DatasetError.
Dataset load_dataset(std::string_view name, DatasetSearch const& search);
Dataset load_dataset(DatasetRecord const& record, DatasetSearch const& search);

enum class DatasetStatus { generated, found, missing, damaged };

std::string_view status_name(DatasetStatus status);

/// One line of `panther data list`.
struct DatasetInfo {
  DatasetRecord const* record;
  DatasetStatus status;
  std::vector<std::string> paths;  ///< the files found
  std::string detail;              ///< why it is missing or damaged
};

enum class DatasetCheck {
  presence,  ///< whether the files are there
  content,   ///< read them and compare digests
};

std::vector<DatasetInfo> list_datasets(DatasetSearch const& search,
                                       DatasetCheck check = DatasetCheck::presence);

}  // namespace panther
