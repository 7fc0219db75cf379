// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// The corpus and random mutations of it, for builds without libFuzzer; the sanitizer builds run it
// too.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <vector>

#include "host/base/text_file.hpp"
#include "host/isa/binary_form.hpp"
#include "host/isa/text_form.hpp"
#include "tests/host/isa/fuzz_one.hpp"

namespace panther::machine::test {
namespace {

constexpr int mutations = 400;

std::vector<std::string> corpus() {
  std::vector<std::string> paths;
  for (auto const& entry :
       std::filesystem::directory_iterator(PANTHER_SOURCE_DIR "/tests/host/isa/corpus")) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (std::string const& path : paths) inputs.push_back(read_text_file(path));
  return inputs;
}

void mutate(std::string& input, std::mt19937_64& random) {
  for (std::uint64_t edits = random() % 4 + 1; edits > 0 && !input.empty(); --edits) {
    std::size_t const at = random() % input.size();
    switch (random() % 5) {
      case 0:
        input[at] = static_cast<char>(random());
        break;
      case 1:
        input.erase(at, random() % 8 + 1);
        break;
      case 2:
        input.insert(at, input.substr(random() % input.size(), random() % 16));
        break;
      case 3:
        input[at] = static_cast<char>(input[at] ^ (1 << random() % 8));
        break;
      default:
        input[at] = "0123456789,.-[]{}\"' "[random() % 20];
        break;
    }
  }
}

TEST(Fuzz, CorpusAndItsMutations) {
  std::vector<std::string> inputs = corpus();
  ASSERT_GE(inputs.size(), 4U);
  // The binary form of each text, so that it is mutated as well.
  for (std::size_t i = 0, texts = inputs.size(); i < texts; ++i) {
    if (inputs[i].starts_with(".tiles")) inputs.push_back(to_binary(assemble(inputs[i], "corpus")));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::mt19937_64 random(i);
    fuzz_one(inputs[i]);
    for (int m = 0; m < mutations; ++m) {
      SCOPED_TRACE("input " + std::to_string(i) + " mutation " + std::to_string(m));
      std::string changed = inputs[i];
      mutate(changed, random);
      ASSERT_NO_THROW(fuzz_one(changed)) << changed;
    }
  }
}

}  // namespace
}  // namespace panther::machine::test
