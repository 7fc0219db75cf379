// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/backends.hpp"

#include <cstdlib>
#include <stdexcept>

namespace panther::test {

namespace {

bool required(std::string const& name) {
  char const* const list = std::getenv("PANTHER_TEST_REQUIRE");
  if (list == nullptr) return false;
  return ("," + std::string(list) + ",").find("," + name + ",") != std::string::npos;
}

OpenedBackend open_cpu(Isa isa, int threads) {
  if (!cpu_has(isa)) {
    return {nullptr, "this CPU has no " + std::string(enum_name(isa))};
  }
  return {make_cpu_backend({.threads = threads, .isa = isa}), ""};
}

OpenedBackend open_cuda() {
  if (!cuda_built()) return {nullptr, "this build has no CUDA"};
  try {
    return {make_cuda_backend(), ""};
  } catch (BackendError const& error) {
    return {nullptr, error.what()};
  }
}

}  // namespace

std::vector<std::string> backend_names() {
  return {"cpu_scalar", "cpu_avx2", "cpu_avx512", "cuda"};
}

bool cpu_has(Isa isa) {
#if defined(__x86_64__)
  bool const avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi2");
  if (isa == Isa::avx2) return avx2;
  if (isa == Isa::avx512) {
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vnni");
  }
  return true;
#else
  return isa == Isa::automatic || isa == Isa::scalar;
#endif
}

OpenedBackend open_backend(std::string const& name, int threads) {
  if (name == "cpu_scalar") return open_cpu(Isa::scalar, threads);
  if (name == "cpu_avx2") return open_cpu(Isa::avx2, threads);
  if (name == "cpu_avx512") return open_cpu(Isa::avx512, threads);
  if (name == "cuda") return open_cuda();
  throw std::invalid_argument("no backend is named '" + name + "'");
}

void OnBackend::SetUp() {
  OpenedBackend opened = open_backend(GetParam());
  if (opened.backend == nullptr) {
    if (required(GetParam())) FAIL() << GetParam() << " is required: " << opened.reason;
    GTEST_SKIP() << GetParam() << ": " << opened.reason;
  }
  backend_ = std::move(opened.backend);
}

}  // namespace panther::test
