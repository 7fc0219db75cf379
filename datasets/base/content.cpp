// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "datasets/base/content.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "datasets/dataset.hpp"

namespace panther {
namespace {

[[noreturn]] void fail(std::string const& path, std::string const& why) {
  throw DatasetError("'" + path + "': " + why);
}

class GunzipStream {
 public:
  GunzipStream(std::span<std::uint8_t const> input, std::string const& path) : path_(path) {
    constexpr int gzip_only = 16;
    stream_.next_in = const_cast<Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    if (inflateInit2(&stream_, gzip_only + MAX_WBITS) != Z_OK) fail(path_, "zlib cannot start");
  }
  GunzipStream(GunzipStream const&) = delete;
  GunzipStream& operator=(GunzipStream const&) = delete;
  ~GunzipStream() { inflateEnd(&stream_); }

  // Appends what the next step gives; false at the end of the stream.
  bool step(std::vector<std::uint8_t>& output) {
    stream_.next_out = block_.data();
    stream_.avail_out = static_cast<uInt>(block_.size());
    int const state = inflate(&stream_, Z_NO_FLUSH);
    output.insert(output.end(), block_.begin(), block_.end() - stream_.avail_out);
    if (state == Z_STREAM_END) return false;
    if (state == Z_BUF_ERROR) fail(path_, "the gzip stream is truncated");
    if (state != Z_OK) {
      fail(path_, std::string("the gzip stream is damaged: ") +
                      (stream_.msg != nullptr ? stream_.msg : "zlib error"));
    }
    return true;
  }

  std::size_t unread() const { return stream_.avail_in; }

 private:
  std::string const& path_;
  z_stream stream_{};
  std::array<std::uint8_t, 1 << 16> block_;
};

// At most `largest` bytes and one more, by which too long a file shows.
std::vector<std::uint8_t> read_raw(std::string const& path, std::size_t largest) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path, "cannot be read: " + std::generic_category().message(errno));
  std::vector<std::uint8_t> content;
  std::array<char, 1 << 16> block;
  while (content.size() <= largest && file.read(block.data(), block.size()).gcount() > 0) {
    content.insert(content.end(), block.begin(), block.begin() + file.gcount());
  }
  if (file.bad()) fail(path, "cannot be read: " + std::generic_category().message(errno));
  return content;
}

[[noreturn]] void fail_too_long(std::string const& path, std::size_t largest) {
  fail(path, "holds more than the " + std::to_string(largest) + " bytes that are expected");
}

std::vector<std::uint8_t> gunzip(std::span<std::uint8_t const> input, std::string const& path,
                                 std::size_t largest) {
  std::vector<std::uint8_t> output;
  output.reserve(largest);
  GunzipStream stream(input, path);
  while (stream.step(output)) {
    if (output.size() > largest) fail_too_long(path, largest);
  }
  if (output.size() > largest) fail_too_long(path, largest);
  if (stream.unread() > 0) {
    fail(path, std::to_string(stream.unread()) + " bytes follow the end of the gzip stream");
  }
  return output;
}

}  // namespace

std::vector<std::uint8_t> read_content(std::string const& path, std::size_t largest) {
  // Gzip adds 5 bytes a block of 64 KiB to what it cannot compress, and a header that may carry
  // names.
  std::size_t const largest_file = largest + largest / 1000 + 65536;
  auto raw = read_raw(path, largest_file);
  bool const compressed = raw.size() >= 2 && raw[0] == 0x1f && raw[1] == 0x8b;
  if (compressed) {
    if (raw.size() > largest_file) fail_too_long(path, largest);
    return gunzip(raw, path, largest);
  }
  if (raw.size() > largest) fail_too_long(path, largest);
  return raw;
}

std::string sha256_of(std::span<std::uint8_t const> content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr) !=
      1) {
    throw DatasetError("libcrypto cannot compute SHA-256");
  }
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += digits[digest[i] >> 4];
    text += digits[digest[i] & 15];
  }
  return text;
}

}  // namespace panther
