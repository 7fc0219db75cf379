// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Small files for the dataset tests, written by the tests themselves.

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "datasets/base/content.hpp"
#include "datasets/base/idx_dataset.hpp"
#include "datasets/dataset.hpp"

namespace panther::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes gzip(Bytes const& content) {
  z_stream stream{};
  constexpr int gzip_header = 16;
  deflateInit2(&stream, 9, Z_DEFLATED, gzip_header + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  Bytes output(deflateBound(&stream, static_cast<uLong>(content.size())));
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = output.data();
  stream.avail_out = static_cast<uInt>(output.size());
  deflate(&stream, Z_FINISH);
  output.resize(stream.total_out);
  deflateEnd(&stream);
  return output;
}

inline Bytes idx(std::vector<std::uint32_t> const& dimensions, Bytes const& data) {
  Bytes bytes{0, 0, 8, static_cast<std::uint8_t>(dimensions.size())};
  for (std::uint32_t const size : dimensions) {
    for (unsigned shift = 32; shift > 0; shift -= 8)
      bytes.push_back(static_cast<std::uint8_t>(size >> (shift - 8)));
  }
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

/// A folder of the running test, removed after it.
class FolderTest : public testing::Test {
 protected:
  void SetUp() override {
    auto const* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("panther_data_") + info->test_suite_name() + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(std::string const& name, Bytes const& content) const {
    auto const path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<char const*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return path.string();
  }

  std::filesystem::path folder_;
};

/// The message of the DatasetError that `action` throws.
template <class Action>
std::string error_of(Action const& action) {
  try {
    action();
  } catch (DatasetError const& error) {
    return error.what();
  }
  ADD_FAILURE() << "no DatasetError";
  return {};
}

inline bool has(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace panther::test
