// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random inputs of tests. Seeds are fixed in the test; put trace() and the trial into a
// SCOPED_TRACE, so that a failure says how to repeat it.

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace panther::test {

/// `number` scaled to the build and to the environment variable PANTHER_TEST_EFFORT (1 by default):
/// a quarter without optimisation, where a trial costs many times more. At least 1.
inline int trials(int number) {
#if defined(NDEBUG)
  double effort = 1.0;
#else
  double effort = 0.25;
#endif
  if (char const* const text = std::getenv("PANTHER_TEST_EFFORT")) effort *= std::atof(text);
  auto const scaled = static_cast<int>(number * effort);
  return scaled < 1 ? 1 : scaled;
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : seed_(seed), engine_(seed) {}

  std::string trace() const { return "random inputs of seed " + std::to_string(seed_); }
  std::uint64_t word() { return engine_(); }

  /// Uniform in [low, high]; the same on every standard library, unlike its distributions.
  std::int64_t integer(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  int whole(int low, int high) { return static_cast<int>(integer(low, high)); }
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  bool chance(double probability) { return real(0.0, 1.0) < probability; }
  template <class T>
  T pick(std::vector<T> const& from) {
    return from[static_cast<std::size_t>(integer(0, static_cast<std::int64_t>(from.size()) - 1))];
  }

  /// A 16-bit word of a random number of bits, often zero, sometimes an extreme value.
  std::int16_t word16() {
    int const kind = whole(0, 9);
    if (kind == 0) return 0;
    if (kind == 1) return pick<std::int16_t>({-32768, -32767, 32767, 1, -1});
    int const bits = whole(1, 15);
    return static_cast<std::int16_t>(integer(-(1 << bits), (1 << bits) - 1));
  }
  std::vector<std::int16_t> words16(std::size_t size) {
    std::vector<std::int16_t> values(size);
    for (auto& value : values) value = word16();
    return values;
  }

 private:
  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace panther::test
