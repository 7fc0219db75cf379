// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/table_file.hpp"

#include <gtest/gtest.h>

#include "host/base/digest.hpp"
#include "host/base/errors.hpp"
#include "host/base/provenance.hpp"
#include "host/base/result_file.hpp"
#include "host/base/text_file.hpp"

namespace panther {
namespace {

namespace fs = std::filesystem;

class TableFile : public ::testing::Test {
 protected:
  static DeviceConfig device_on(std::string const& file) {
    Lookup::Params law;
    law.file = file;
    DeviceConfig device;
    device.law = law;
    return device;
  }
  fs::path path(char const* name) const { return folder_ / name; }
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// A complete result with these lines of checksums.
  fs::path result_with(std::vector<std::string> const& lines) const {
    ResultWriter writer = ResultWriter::create(path("run.h5"), OnExisting::replace);
    writer.write_config("");
    Provenance provenance = begin_provenance();
    provenance.dataset_checksums = lines;
    writer.write(provenance);
    writer.start();
    writer.begin_final();
    writer.commit();
    return path("run.h5");
  }
  static std::string refusal(fs::path const& result, DatasetSource const& table) {
    try {
      require_same_table(result, table);
    } catch (UserError const& error) {
      return error.what();
    }
    return "";
  }

 private:
  fs::path folder_ = fs::path(::testing::TempDir()) /
                     ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(TableFile, IsThereIfTheDevicesNeedOne) {
  EXPECT_FALSE(table_file_of(DeviceConfig{}));
  EXPECT_FALSE(table_file_of(device_on(std::string(example_table_name))));
  write_file_atomically(path("table.csv").string(), "abc");
  auto const table = table_file_of(device_on(path("table.csv").string()));
  ASSERT_TRUE(table);
  EXPECT_EQ(table->sha256, sha256_of_text("abc"));
  EXPECT_EQ(table->path, path("table.csv").string());
}

TEST_F(TableFile, ThatIsMissingIsAnError) {
  EXPECT_THROW(table_file_of(device_on(path("none.csv").string())), FileError);
}

TEST_F(TableFile, IsComparedByContentUnderItsPath) {
  DatasetSource const table{.path = "table.csv", .sha256 = std::string(64, 'a')};
  std::string const data = std::string(64, 'd') + "  images";
  fs::path const same = result_with({data, checksum_line(table)});
  EXPECT_EQ(refusal(same, table), "");
  require_same_table(same, std::nullopt);
  fs::path const other = result_with({data, std::string(64, 'b') + "  table.csv"});
  std::string const message = refusal(other, table);
  EXPECT_NE(message.find(std::string(64, 'b') + ", now it has " + table.sha256), std::string::npos)
      << message;
}

TEST_F(TableFile, OfAResultThatDoesNotTellIsRefused) {
  DatasetSource const table{.path = "table.csv", .sha256 = std::string(64, 'a')};
  std::string const message = refusal(result_with({std::string(64, 'd') + "  images"}), table);
  EXPECT_NE(message.find("does not tell"), std::string::npos) << message;
  EXPECT_NE(message.find("device.file = \"table.csv\""), std::string::npos) << message;
}

}  // namespace
}  // namespace panther
