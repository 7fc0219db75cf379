// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Words that are redrawn at random reads: every reset is a Bernoulli event of its own, everything
// else follows. Statistics over devices, which are independent, so that every test is exact.

#include "devicemodels/core/renewal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

constexpr std::uint64_t devices = 8000;
constexpr std::uint64_t some_read = 123456789;

std::uint32_t word_at(float p, std::uint64_t device, std::uint64_t read, int process = 0) {
  return renewed_word(reset_rate(p), 5, Stream::flicker, device, process, read);
}

std::uint64_t count_equal(float p, std::uint64_t read, std::uint64_t later) {
  std::uint64_t equal = 0;
  for (std::uint64_t d = 0; d < devices; ++d) {
    equal += word_at(p, d, read) == word_at(p, d, read + later) ? 1U : 0U;
  }
  return equal;
}

/// Two reads k apart share their word with probability (1 - p)^k: the autocorrelation of anything
/// that is made of the word. Near the first read, too.
TEST(Renewal, KeepsItsWordWithGeometricProbability) {
  for (float const p : {0.7F, 0.5F, 0.1F, 0.013F, 0.001F}) {
    for (std::uint64_t const later : {1U, 2U, 3U, 17U, 200U}) {
      double const expected = std::pow(1.0 - static_cast<double>(p), static_cast<double>(later));
      for (std::uint64_t const read : {std::uint64_t{0}, some_read}) {
        EXPECT_TRUE(binomial_fits(count_equal(p, read, later), devices, expected))
            << "p " << p << ", " << later << " reads after read " << read;
      }
    }
  }
}

TEST(Renewal, ResetBeforeEveryReadKeepsNothing) { EXPECT_EQ(count_equal(1.0F, some_read, 1), 0U); }

/// Resets of neighbouring reads are independent, wherever a window ends: none is likelier at one
/// position than at another, and two in a row have probability p^2.
TEST(Renewal, ResetsAreIndependent) {
  constexpr float p = 0.2F;  // windows of 8 reads
  constexpr std::size_t reads = 33;
  constexpr std::uint64_t count = 4000;
  std::vector<std::uint64_t> at(reads);
  std::vector<std::uint64_t> twice(reads);
  for (std::uint64_t d = 0; d < count; ++d) {
    bool before = false;
    for (std::size_t n = 0; n < reads; ++n) {
      bool const reset = word_at(p, d, some_read + n) != word_at(p, d, some_read + n + 1);
      at[n] += reset ? 1U : 0U;
      twice[n] += reset && before ? 1U : 0U;
      before = reset;
    }
  }
  for (std::size_t n = 0; n < reads; ++n) {
    EXPECT_TRUE(binomial_fits(at[n], count, 0.2)) << n;
    if (n > 0) {
      EXPECT_TRUE(binomial_fits(twice[n], count, 0.04)) << n;
    }
  }
}

std::vector<double> uniforms(float p, std::uint64_t first, std::uint64_t read, int process) {
  std::vector<double> values;
  for (std::uint64_t d = 0; d < devices; ++d) {
    values.push_back(static_cast<double>(uniform_of(word_at(p, first + d, read, process))));
  }
  return values;
}

TEST(Renewal, WordsAreUniformAtEveryReadAndShareNothing) {
  for (float const p : {1.0F, 0.3F, 0.01F}) {
    auto const base = uniforms(p, 0, some_read, 0);
    EXPECT_TRUE(distributed_as(base, [](double x) { return x; })) << p;
    EXPECT_TRUE(uncorrelated(base, uniforms(p, 1, some_read, 0))) << "neighbouring devices";
    EXPECT_TRUE(uncorrelated(base, uniforms(p, 0, some_read, 1))) << "processes of a device";
    EXPECT_TRUE(uncorrelated(base, uniforms(p, 0, some_read + 100000, 0))) << "distant reads";
  }
}

TEST(Renewal, WindowsAreAboutOneGapLong) {
  for (float const p : {1.0F, 0.9F, 0.5F, 0.25F, 0.1F, 1e-3F, 1e-5F}) {
    double const window = std::exp2(reset_rate(p).window_bits);
    EXPECT_GE(window * static_cast<double>(p), 1.0 - 1e-6) << p;
    EXPECT_LT(window * static_cast<double>(p), 2.0 + 1e-6) << p;
  }
}

}  // namespace
}  // namespace panther::test
