// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Entry point for libFuzzer.

#include <cstddef>
#include <cstdint>

#include "tests/host/isa/fuzz_one.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  panther::machine::test::fuzz_one({reinterpret_cast<char const*>(data), size});
  return 0;
}
