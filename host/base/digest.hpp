// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace panther {

/// SHA-256 of what is fed to it, piece by piece. Texts and numbers carry their length, so that no
/// two sequences of pieces give the same stream; raw bytes do not. Throws std::runtime_error if
/// libcrypto fails.
class Sha256 {
 public:
  Sha256();

  void bytes(std::span<std::byte const> data);
  void text(std::string_view text);
  void number(std::uint64_t value);
  /// The digest in 64 lower-case hexadecimal digits; nothing may be fed afterwards.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string sha256_of_text(std::string_view text);
/// Of the file's bytes from `offset` on. Throws FileError if it cannot be read.
std::string sha256_of_file(std::filesystem::path const& path, std::uint64_t offset = 0);

/// What a result's digest covers.
enum class DigestScope {
  all,           ///< everything but provenance and wall-clock columns
  measurements,  ///< not the configuration either: equal for runs that differ, say, in backend or
                 ///< thread count
};

/// One hash over the content of a result file (or any HDF5 file of integers, floats and texts):
/// names, types, shapes, values, attributes and attached dimension scales of all groups and
/// datasets, in the order of their names. It does not depend on chunks, filters, byte order, the
/// order of creation or free space. Left out: the group /provenance and every object with the
/// attribute excluded_from_digest (which the columns carry that result_schema.hpp calls
/// wall-clock). Throws Hdf5Error, also for a type it does not know.
std::string digest_of_result(std::filesystem::path const& path,
                             DigestScope scope = DigestScope::all);

}  // namespace panther
