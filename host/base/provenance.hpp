// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"

namespace panther {

/// Where a result comes from. Not part of its digest.
struct Provenance {
  static constexpr std::string_view group = "/provenance";
  static constexpr std::string_view doc = "where the result comes from; not part of its digest";

  std::string program_version;
  std::string git_revision;
  bool git_dirty = false;
  std::string compiler;
  std::string compiler_flags;
  std::string host;
  std::string cpu_isa;
  std::string backend;
  std::string device;
  int threads = 0;
  std::uint64_t seed = 0;
  std::string start_time;
  std::string end_time;
  std::vector<std::string> dataset_checksums;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("program_version", self.program_version, Field{.doc = "version of panther"});
    visit("git_revision", self.git_revision, Field{.doc = "commit it was built from, or unknown"});
    visit("git_dirty", self.git_dirty, Field{.doc = "tracked files differed from that commit"});
    visit("compiler", self.compiler, Field{.doc = "name and version"});
    visit("compiler_flags", self.compiler_flags, Field{.doc = "build type and its flags"});
    visit("host", self.host, Field{.doc = "name of the machine"});
    visit("cpu_isa", self.cpu_isa, Field{.doc = "instruction set level of its processor"});
    visit("backend", self.backend, Field{.doc = "cpu or cuda"});
    visit("device", self.device, Field{.doc = "name of the processor or GPU that computed"});
    visit("threads", self.threads, Field{.doc = "threads used", .lo = 1});
    visit("seed", self.seed, Field{.doc = "seed of every random stream"});
    visit("start_time", self.start_time, Field{.doc = "UTC, ISO 8601"});
    visit("end_time", self.end_time, Field{.doc = "UTC, ISO 8601; empty while the run lasts"});
    visit("dataset_checksums", self.dataset_checksums,
          Field{.doc = "one line a file of data or look-up tables: SHA-256 of its uncompressed "
                       "content, two spaces, path"});
  }
};

/// What is known without the run: program, compiler, machine, and the present time as start. The
/// caller adds backend, device, threads, seed and datasets, and end_time at the end.
Provenance begin_provenance();

/// The present time, e.g. 2024-05-17T08:03:21Z.
std::string utc_now();

/// x86-64, x86-64-v3 (AVX2), x86-64-v4 (AVX-512), with "+vnni" where present; elsewhere the
/// compiler's target.
std::string cpu_isa_name();

}  // namespace panther
