// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// A write that its process died in is ended by its record, wherever it was cut; a record that is
// torn, emptied or of another file changes nothing.

#include "host/base/redo_record.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "host/base/text_file.hpp"
#include "tests/host/base/result_test_support.hpp"

namespace panther {
namespace {

namespace fs = std::filesystem;

class RedoRecordLaw : public ResultTest {
 protected:
  /// The record of a write that never ended.
  void leave_record(std::uint64_t address, std::string const& bytes) {
    ASSERT_TRUE(RedoRecord(path("file")).keep(address, std::as_bytes(std::span(bytes))));
  }

  /// A copy of the file after the write was ended.
  std::string finished() {
    fs::copy_file(path("file"), path("copy"), fs::copy_options::overwrite_existing);
    finish_write(path("file"), path("copy"));
    return read_text_file(path("copy").string());
  }

  std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }

  std::mt19937 random_{41};
};

TEST_F(RedoRecordLaw, EndsAWriteCutAnywhere) {
  for (int trial = 0; trial < 40; ++trial) {
    std::string const before = random_bytes(20000);
    std::size_t const address = random_() % 9000;
    std::string const bytes = random_bytes(1 + random_() % 10000);
    std::string after = before;
    after.replace(address, bytes.size(), bytes);
    std::string torn = before;
    std::size_t const written = random_() % (bytes.size() + 1);
    torn.replace(address, written, bytes.substr(0, written));
    write_file_atomically(path("file").string(), torn);
    leave_record(address, bytes);
    EXPECT_EQ(finished(), after) << "trial " << trial;
    EXPECT_EQ(read_text_file(path("file").string()), torn) << "the original stays";
  }
}

TEST_F(RedoRecordLaw, ThatIsTornChangesNothing) {
  std::string const content = random_bytes(20000);
  write_file_atomically(path("file").string(), content);
  leave_record(4000, random_bytes(500));
  std::string const whole = read_text_file(redo_path(path("file")).string());
  for (int trial = 0; trial < 40; ++trial) {
    std::string torn = whole;
    if (trial % 2 == 0) {
      torn.resize(random_() % torn.size());
    } else {
      torn[random_() % torn.size()] ^= static_cast<char>(1U << (random_() % 8));
    }
    write_file_atomically(redo_path(path("file")).string(), torn);
    EXPECT_EQ(finished(), content) << "trial " << trial;
  }
}

TEST_F(RedoRecordLaw, OfAnotherFileChangesNothing) {
  write_file_atomically(path("file").string(), std::string(9000, 'a'));
  leave_record(4000, random_bytes(500));
  fs::rename(path("file"), path("older"));  // its inode stays taken
  write_file_atomically(path("file").string(), std::string(9000, 'b'));
  EXPECT_EQ(finished(), std::string(9000, 'b'));
}

TEST_F(RedoRecordLaw, IsGoneWithItsOwner) {
  write_file_atomically(path("file").string(), std::string(9000, 'a'));
  {
    RedoRecord record(path("file"));
    std::string const bytes(500, 'b');
    ASSERT_TRUE(record.keep(4000, std::as_bytes(std::span(bytes))));
    EXPECT_EQ(finished().substr(4000, 500), bytes);
    ASSERT_TRUE(record.empty());
    EXPECT_EQ(finished(), std::string(9000, 'a'));
  }
  EXPECT_FALSE(fs::exists(redo_path(path("file"))));
}

TEST_F(RedoRecordLaw, OfNothingSaysSo) {
  EXPECT_THROW(RedoRecord(path("none")), FileError);
  EXPECT_EQ(names(), std::vector<std::string>{});
}

TEST(CrossesPage, WhereItsFirstAndLastByteLieOnTwo) {
  EXPECT_FALSE(crosses_page(0, 0));
  EXPECT_FALSE(crosses_page(4095, 1));
  EXPECT_FALSE(crosses_page(4096, 4096));
  EXPECT_TRUE(crosses_page(4095, 2));
  EXPECT_TRUE(crosses_page(1, 4096));
}

}  // namespace
}  // namespace panther
