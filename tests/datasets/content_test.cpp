// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "datasets/base/content.hpp"

#include "tests/datasets/support.hpp"

namespace panther {
namespace {

using test::Bytes;
using test::error_of;
using test::has;

class ContentTest : public test::FolderTest {
 protected:
  std::string read_error(Bytes const& file, std::size_t largest) const {
    std::string const path = write("file", file);
    std::string const text = error_of([&] { read_content(path, largest); });
    EXPECT_TRUE(has(text, path)) << text;
    return text;
  }
};

Bytes sample() {
  Bytes bytes;
  for (unsigned i = 0; i < 200000; ++i) bytes.push_back(static_cast<std::uint8_t>(i * i / 7));
  return bytes;
}

TEST_F(ContentTest, PlainAndGzipGiveTheSame) {
  Bytes const content = sample();
  EXPECT_EQ(read_content(write("plain", content), content.size()), content);
  EXPECT_EQ(read_content(write("packed", test::gzip(content)), content.size()), content);
  EXPECT_EQ(read_content(write("empty.gz", test::gzip({})), 0), Bytes{});
}

TEST_F(ContentTest, TruncatedAtEveryByteIsRefused) {
  Bytes const packed = test::gzip({1, 2, 3, 4, 5, 6, 7, 8, 9, 200, 100, 50});
  for (std::size_t size = 2; size < packed.size(); ++size) {
    std::string const text =
        read_error(Bytes(packed.begin(), packed.begin() + static_cast<long>(size)), 100);
    EXPECT_TRUE(has(text, "truncated")) << size << ": " << text;
  }
}

TEST_F(ContentTest, DamageIsRefused) {
  Bytes packed = test::gzip(sample());
  packed[packed.size() / 2] ^= 0x55;
  EXPECT_TRUE(has(read_error(packed, 1 << 20), "damaged"));
  Bytes checksum = test::gzip({1, 2, 3});
  checksum[checksum.size() - 8] ^= 1;
  EXPECT_TRUE(has(read_error(checksum, 1 << 20), "damaged"));
}

TEST_F(ContentTest, BytesAfterTheEndAreRefused) {
  Bytes packed = test::gzip({1, 2, 3});
  packed.insert(packed.end(), {9, 9});
  EXPECT_TRUE(has(read_error(packed, 100), "2 bytes follow the end"));
}

TEST_F(ContentTest, TooLongIsRefused) {
  EXPECT_TRUE(has(read_error(Bytes(101), 100), "more than the 100 bytes"));
  EXPECT_TRUE(has(read_error(test::gzip(Bytes(101)), 100), "more than the 100 bytes"));
  EXPECT_TRUE(has(read_error(test::gzip(Bytes(10000000)), 100), "more than the 100 bytes"));
}

TEST_F(ContentTest, MissingFilesAreNamed) {
  std::string const path = (folder_ / "none").string();
  EXPECT_EQ(error_of([&] { read_content(path, 1); }),
            "'" + path + "': cannot be read: No such file or directory");
}

// FIPS 180-2, appendix B.1.
TEST(Digest, KnownAnswer) {
  Bytes const abc{'a', 'b', 'c'};
  EXPECT_EQ(sha256_of(abc), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace panther
