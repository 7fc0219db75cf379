// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// What every backend must keep besides the laws of its kernels: memory, names, refusals.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/backends.hpp"

namespace panther::test {
namespace {

class BackendContract : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, BackendContract, every_backend(), backend_label);

TEST_P(BackendContract, MemoryIsZeroedAndComesBackAsWritten) {
  DeviceArray<std::int32_t> array(backend(), 1001);
  EXPECT_EQ(array.download(), std::vector<std::int32_t>(1001, 0));
  std::vector<std::int32_t> values(1001);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int32_t>(i * i);
  array.upload(values);
  backend().synchronise();
  EXPECT_EQ(array.download(), values);
  array.upload({-1, -2});  // the first elements only
  values[0] = -1;
  values[1] = -2;
  EXPECT_EQ(array.download(), values);
  array.upload(std::vector<std::int32_t>{-3, -4}, 999);  // the last ones
  values[999] = -3;
  values[1000] = -4;
  EXPECT_EQ(array.download(), values);
  EXPECT_EQ(array.download(998, 3), (std::vector<std::int32_t>{998 * 998, -3, -4}));
  EXPECT_THROW(static_cast<void>(array.download(1000, 2)), std::length_error);
  EXPECT_THROW(array.upload(std::vector<std::int32_t>{1, 2}, 1000), std::length_error);
  array.clear();
  EXPECT_EQ(array.download(), std::vector<std::int32_t>(1001, 0));
  EXPECT_THROW(array.upload(std::vector<std::int32_t>(1002)), std::length_error);
}

TEST_P(BackendContract, BytesAreTheArray) {
  DeviceArray<std::int16_t> array(backend(), std::vector<std::int16_t>{1, -2, 3});
  std::vector<std::byte> seen;
  array.read_bytes(
      [&](std::span<std::byte const> bytes) { seen.assign(bytes.begin(), bytes.end()); });
  ASSERT_EQ(seen.size(), 6U);
  std::ranges::fill(seen, std::byte{0xFF});
  array.write_bytes([&](std::span<std::byte> bytes) { std::ranges::copy(seen, bytes.begin()); });
  EXPECT_EQ(array.download(), (std::vector<std::int16_t>{-1, -1, -1}));
  DeviceArray<std::int16_t>().read_bytes(
      [](std::span<std::byte const> bytes) { EXPECT_TRUE(bytes.empty()); });
}

TEST_P(BackendContract, ArraysMoveAndMayBeEmpty) {
  DeviceArray<std::int16_t> first(backend(), std::vector<std::int16_t>{1, 2, 3});
  DeviceArray<std::int16_t> second(std::move(first));
  EXPECT_EQ(second.download(), (std::vector<std::int16_t>{1, 2, 3}));
  second = DeviceArray<std::int16_t>(backend(), std::vector<std::int16_t>{4});
  EXPECT_EQ(second.download(), (std::vector<std::int16_t>{4}));
  DeviceArray<std::int16_t> empty(backend(), std::vector<std::int16_t>{});
  EXPECT_TRUE(empty.download().empty());
  empty.clear();
}

TEST_P(BackendContract, NamesItself) {
  bool const cuda = GetParam() == "cuda";
  EXPECT_EQ(backend().name(), cuda ? "cuda" : "cpu");
  EXPECT_FALSE(backend().description().empty());
}

/// Two entry points that are secretly one would make "equal on every backend" an empty statement.
TEST(Backends, DescriptionsDiffer) {
  std::map<std::string, std::string> seen;
  for (std::string const& name : backend_names()) {
    auto const opened = open_backend(name);
    if (opened.backend == nullptr) continue;
    auto const [other, fresh] = seen.emplace(opened.backend->description(), name);
    EXPECT_TRUE(fresh) << name << " and " << other->second << " both are " << other->first;
  }
}

TEST(Backends, WhatTheMachineLacksIsRefused) {
  for (Isa const isa : {Isa::avx2, Isa::avx512}) {
    if (!cpu_has(isa)) {
      EXPECT_THROW(make_cpu_backend({.threads = 1, .isa = isa}), BackendError);
    }
  }
  if (!cuda_built()) {
    EXPECT_THROW(make_cuda_backend(), BackendError);
  }
}

}  // namespace
}  // namespace panther::test
