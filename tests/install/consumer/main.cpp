// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// One thing of each library that is installed, so that a header or a symbol left behind is noticed.

#include <cstdio>

#include "datasets/dataset.hpp"
#include "devicemodels/core/philox.hpp"
#include "host/base/presets.hpp"
#include "host/isa/registry.hpp"
#include "host/nn/trainer.hpp"
#include "host/run/session.hpp"
#include "kernels/base/backend.hpp"

namespace {

bool expect(bool condition, char const* what) {
  if (!condition) std::printf("consumer: wrong: %s\n", what);
  return condition;
}

}  // namespace

int main() {
  // The published known answer of Philox4x32-10 for counter 0 and key 0.
  auto const words = panther::philox4x32({}, 0, 0);
  bool right = expect(words.w[0] == 0x6627E8D5U && words.w[3] == 0x9B00DBD8U, "random words");
  right &= expect(panther::make_cpu_backend({.threads = 1})->name() == "cpu", "CPU backend");
  right &= expect(!panther::builtin_presets().empty(), "built-in presets");
  right &= expect(!panther::DatasetSearch::standard().folders.empty(), "dataset folders");
  right &= expect(!panther::machine::instructions().empty(), "instructions");
  std::puts(right ? "consumer: the installed package works" : "consumer: failed");
  return right ? 0 : 1;
}
