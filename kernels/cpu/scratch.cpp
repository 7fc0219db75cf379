// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/scratch.hpp"

#include <cstdlib>
#include <memory>
#include <new>

namespace panther {

namespace {

constexpr std::size_t cache_line = 64;

struct Release {
  void operator()(unsigned char* memory) const { std::free(memory); }
};

struct Scratch {
  std::unique_ptr<unsigned char, Release> memory;
  std::size_t size = 0;
};

}  // namespace

unsigned char* thread_scratch(std::size_t bytes) {
  thread_local Scratch scratch;
  if (scratch.size < bytes) {
    std::size_t const size = (bytes + bytes / 2 + cache_line) / cache_line * cache_line;
    scratch.memory.reset();
    scratch.size = 0;
    scratch.memory.reset(static_cast<unsigned char*>(std::aligned_alloc(cache_line, size)));
    if (scratch.memory == nullptr) throw std::bad_alloc();
    scratch.size = size;
  }
  return scratch.memory.get();
}

}  // namespace panther
