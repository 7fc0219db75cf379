// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/provenance.hpp"

#include <fmt/chrono.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "host/base/build_info.hpp"

namespace panther {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "unknown";
}

}  // namespace

std::string utc_now() {
  auto const now =
      std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

std::string cpu_isa_name() {
#if defined(__x86_64__)
  bool const v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  bool const v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  std::string name = v4 ? "x86-64-v4" : v3 ? "x86-64-v3" : "x86-64";
  if (v4 && __builtin_cpu_supports("avx512vnni")) name += "+vnni";
  return name;
#elif defined(__aarch64__)
  return "aarch64";
#else
  return "unknown";
#endif
}

Provenance begin_provenance() {
  BuildInfo const build = build_info();
  Provenance provenance;
  provenance.program_version = build.version;
  provenance.git_revision = build.git_revision;
  provenance.git_dirty = build.git_dirty;
  provenance.compiler = build.compiler;
  provenance.compiler_flags = build.compiler_flags;
  provenance.host = host_name();
  provenance.cpu_isa = cpu_isa_name();
  provenance.start_time = utc_now();
  return provenance;
}

}  // namespace panther
