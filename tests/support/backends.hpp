// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every backend as a test parameter. A backend that this machine or build cannot offer skips its
// cases with the reason, so that skips are counted; PANTHER_TEST_REQUIRE=<name>[,<name>...] turns
// such a skip into a failure (for a machine that is there to test that backend).

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "kernels/base/backend.hpp"

namespace panther::test {

/// "cpu_scalar", "cpu_avx2", "cpu_avx512", "cuda": on every machine the same list.
std::vector<std::string> backend_names();

struct OpenedBackend {
  std::unique_ptr<Backend> backend;  // null: not available
  std::string reason;                // why not
};

/// Throws what the backend throws if the machine should have it; std::invalid_argument for another
/// name. `threads` is for the CPU backends.
OpenedBackend open_backend(std::string const& name, int threads = 2);

/// True if the running CPU has every feature that the instruction set's units are compiled for.
bool cpu_has(Isa isa);

/// A test case that runs on each backend in turn:
///   class ReadLaw : public OnBackend {};
///   INSTANTIATE_TEST_SUITE_P(Backends, ReadLaw, every_backend(), backend_label);
class OnBackend : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override;
  Backend& backend() { return *backend_; }

 private:
  std::unique_ptr<Backend> backend_;
};

inline auto every_backend() { return ::testing::ValuesIn(backend_names()); }
inline std::string backend_label(::testing::TestParamInfo<std::string> const& info) {
  return info.param;
}

}  // namespace panther::test
