// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "host/base/text_file.hpp"

namespace panther {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;

void require(int result) {
  if (result != 1) throw std::runtime_error("libcrypto: SHA-256 failed");
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require(context_ ? 1 : 0);
  require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Sha256::bytes(std::span<std::byte const> data) {
  require(EVP_DigestUpdate(context_.get(), data.data(), data.size()));
}

void Sha256::text(std::string_view text) {
  number(text.size());
  bytes(std::as_bytes(std::span(text)));
}

void Sha256::number(std::uint64_t value) {
  std::array<std::byte, 8> little_endian{};
  for (std::size_t i = 0; i < little_endian.size(); ++i) {
    little_endian[i] = static_cast<std::byte>(value >> (8 * i));
  }
  bytes(little_endian);
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), &length));
  std::string text;
  for (unsigned i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256_of_text(std::string_view text) {
  Sha256 hash;
  hash.bytes(std::as_bytes(std::span(text)));
  return hash.hex();
}

std::string sha256_of_file(std::filesystem::path const& path, std::uint64_t offset) {
  auto const fail = [&path](char const* what) {
    throw FileError(
        fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(errno)));
  };
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot open");
  file.seekg(static_cast<std::streamoff>(offset));
  Sha256 hash;
  std::vector<char> block(block_bytes);
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.bytes(std::as_bytes(std::span(block)).first(static_cast<std::size_t>(file.gcount())));
  }
  if (file.bad()) fail("cannot read");
  return hash.hex();
}

}  // namespace panther
