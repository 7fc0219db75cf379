// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <set>
#include <vector>

#include "devicemodels/core/philox.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

using Words = std::array<std::uint32_t, 4>;

Words words_of(PhiloxWords const& r) { return {r.w[0], r.w[1], r.w[2], r.w[3]}; }

/// The known-answer vectors that Random123 publishes (tests/kat_vectors, philox4x32 10).
TEST(Philox, PublishedKnownAnswers) {
  EXPECT_EQ(words_of(philox4x32({{0, 0, 0, 0}}, 0, 0)),
            (Words{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
  EXPECT_EQ(words_of(philox4x32({{~0U, ~0U, ~0U, ~0U}}, ~0U, ~0U)),
            (Words{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
  EXPECT_EQ(words_of(philox4x32({{0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}}, 0xa4093822U,
                                0x299f31d0U)),
            (Words{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
  // Made with Random123's philox.h.
  EXPECT_EQ(philox4x32({{0, 0, 0, 0}}, 1, 2).w[0], 0x0598de3aU);
}

/// The id of a stream, as promised; 0 for a number that is no stream. Without a default: an
/// enumerator that is missing here, or shares its number with another, does not compile.
int promised_id(Stream stream) {
  switch (stream) {
    case Stream::weight_init:
      return 1;
    case Stream::example_order:
      return 2;
    case Stream::update_noise:
      return 3;
    case Stream::device_variation:
      return 4;
    case Stream::read_noise:
      return 5;
    case Stream::write_noise:
      return 6;
    case Stream::write_read_noise:
      return 7;
    case Stream::test_data:
      return 8;
    case Stream::line_driver:
      return 16;
    case Stream::converter_traits:
      return 17;
    case Stream::converter_noise:
      return 18;
    case Stream::telegraph_traits:
      return 19;
    case Stream::telegraph:
      return 20;
    case Stream::flicker:
      return 21;
    case Stream::slope_asymmetry:
      return 24;
    case Stream::fault_cluster:
      return 25;
    case Stream::fault_line:
      return 26;
    case Stream::aging_traits:
      return 28;
    case Stream::aging:
      return 29;
    case Stream::programming:
      return 30;
    case Stream::test_transfer:
      return 31;
    case Stream::test_wait:
      return 32;
    case Stream::wear_traits:
      return 33;
    case Stream::vector_device:
      return 40;
    case Stream::refresh_read:
      return 41;
    case Stream::refresh_write:
      return 42;
    case Stream::apparent_update:
      return 46;
    case Stream::apparent_write:
      return 47;
    case Stream::counter_traits:
      return 48;
    case Stream::counter_update:
      return 49;
    case Stream::counter_write:
      return 50;
  }
  return 0;
}

/// Every stream there is.
std::vector<Stream> all_streams() {
  std::vector<Stream> streams;
  for (int id = 0; id < 256; ++id) {
    auto const stream = static_cast<Stream>(id);
    if (promised_id(stream) != 0) streams.push_back(stream);
  }
  return streams;
}

/// Ids are part of the reproducibility promise.
TEST(Streams, IdsAreUniqueAndFixed) {
  for (Stream const stream : all_streams()) {
    EXPECT_EQ(static_cast<int>(stream), promised_id(stream));
  }
}

/// Seed in the key, everything else in counter bits of its own.
TEST(Streams, EveryAddressHasItsOwnCounter) {
  std::set<Words> seen;
  std::size_t drawn = 0;
  for (Stream const stream : all_streams()) {
    for (std::uint64_t const item : {0ULL, 1ULL, 1ULL << 31, 1ULL << 32, 1ULL << 63, ~0ULL}) {
      for (std::uint64_t const step : {0ULL, 1ULL, 1ULL << 31, 1ULL << 32, (1ULL << 48) - 1}) {
        for (std::uint32_t const sub_step : {0U, 1U, 16U, 255U}) {
          PhiloxCounter const c = draw_counter(stream, item, step, sub_step);
          seen.insert({c.c[0], c.c[1], c.c[2], c.c[3]});
          ++drawn;
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), drawn);
}

TEST(Streams, DrawUsesBothWordsOfTheSeed) {
  auto const at = [](std::uint64_t seed) {
    return words_of(draw(seed, Stream::test_data, 5, 6, 7));
  };
  EXPECT_NE(at(1), at(2));
  EXPECT_NE(at(1), at(1ULL << 32));
  PhiloxCounter const counter = draw_counter(Stream::test_data, 5, 6, 7);
  EXPECT_EQ(at(0x0000000200000001ULL), words_of(philox4x32(counter, 1, 2)));
}

TEST(Streams, DeviceItemsOfTheLargestMachineDiffer) {
  std::set<std::uint64_t> items;
  std::size_t count = 0;
  for (std::uint64_t const layer : {0U, 1U, 1023U}) {
    for (std::uint64_t const set : {0U, 1U, 3U}) {
      for (std::uint64_t const plane : {0U, 1U, 255U}) {
        for (std::uint64_t const row : {0U, 1U, (1U << 22) - 1}) {
          for (std::uint64_t const column : {0U, 1U, (1U << 22) - 1}) {
            items.insert(device_item(layer, set, plane, row, column));
            ++count;
          }
        }
      }
    }
  }
  EXPECT_EQ(items.size(), count);
}

/// Successive items, steps and sub-steps: every bit of every word is fair, bytes are uniform.
TEST(Streams, DrawsAreUniformAlongEveryAddress) {
  int const draws = 20000;
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<std::uint64_t> ones(128);
    std::vector<std::uint64_t> bytes(256);
    for (int n = 0; n < draws; ++n) {
      auto const i = static_cast<std::uint64_t>(n);
      PhiloxWords const r = draw(9, Stream::test_data, axis == 0 ? i : 3, axis == 1 ? i : 4,
                                 axis == 2 ? static_cast<std::uint32_t>(i % 256) : 5);
      if (axis == 2 && n >= 256) break;
      for (unsigned bit = 0; bit < 128; ++bit) ones[bit] += (r.w[bit / 32] >> (bit % 32)) & 1U;
      ++bytes[r.w[2] & 255U];
    }
    std::uint64_t const total = axis == 2 ? 256 : static_cast<std::uint64_t>(draws);
    for (std::uint64_t const count : ones) EXPECT_TRUE(binomial_fits(count, total, 0.5));
    if (axis == 2) continue;
    std::vector<double> const expected(256, static_cast<double>(draws) / 256);
    EXPECT_TRUE(counts_fit(bytes, expected));
  }
}

}  // namespace
}  // namespace panther::test
