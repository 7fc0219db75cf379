// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Laws of the thread pool: every part of every job is done once, within its call, by any number of
// threads on any number of cores.

#include "kernels/cpu/thread_pool.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <vector>

namespace panther {
namespace {

class ThreadPoolLaw : public testing::TestWithParam<int> {};

TEST_P(ThreadPoolLaw, EveryPartIsDoneOnceBeforeTheCallReturns) {
  ThreadPool pool(GetParam());
  ASSERT_EQ(pool.threads(), GetParam());
  std::mt19937 random(7);
  std::vector<int> times(static_cast<std::size_t>(GetParam()), 0);
  for (int job = 0; job < 3000; ++job) {
    // Plain memory: a part done twice, or after its call, is also a data race that tsan reports.
    int const parts = 1 + static_cast<int>(random() % static_cast<unsigned>(GetParam()));
    pool.run(parts, [&](int part) { ++times[static_cast<std::size_t>(part)]; });
    for (int part = 0; part < GetParam(); ++part) {
      ASSERT_EQ(times[static_cast<std::size_t>(part)], part < parts ? 1 : 0) << "job " << job;
      times[static_cast<std::size_t>(part)] = 0;
    }
  }
}

TEST_P(ThreadPoolLaw, RangesCoverAllItemsOnce) {
  ThreadPool pool(GetParam());
  std::mt19937 random(8);
  for (int job = 0; job < 500; ++job) {
    auto const items = static_cast<std::int64_t>(random() % 100);
    auto const grain = static_cast<std::int64_t>(random() % 9);
    std::vector<int> times(static_cast<std::size_t>(items), 0);
    pool.for_ranges(items, grain, [&](std::int64_t first, std::int64_t last) {
      EXPECT_TRUE(last - first >= std::min(grain, items));
      for (std::int64_t i = first; i < last; ++i) ++times[static_cast<std::size_t>(i)];
    });
    ASSERT_EQ(times, std::vector<int>(static_cast<std::size_t>(items), 1)) << "job " << job;
  }
}

/// Also where the first range's items take all the time.
TEST_P(ThreadPoolLaw, PiecesCoverAllItemsOnce) {
  ThreadPool pool(GetParam());
  std::mt19937 random(9);
  for (int job = 0; job < 500; ++job) {
    auto const items = static_cast<std::int64_t>(random() % 100);
    auto const grain = static_cast<std::int64_t>(1 + random() % 9);
    std::vector<int> times(static_cast<std::size_t>(items), 0);
    pool.for_pieces(items, grain, [&](std::int64_t first, std::int64_t last) {
      EXPECT_LT(first, last);
      EXPECT_TRUE(GetParam() == 1 || last - first <= grain);
      for (std::int64_t i = first; i < last; ++i) {
        if (i < 3) std::this_thread::yield();
        ++times[static_cast<std::size_t>(i)];
      }
    });
    ASSERT_EQ(times, std::vector<int>(static_cast<std::size_t>(items), 1)) << "job " << job;
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolLaw, testing::Values(1, 2, 3, 16),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace panther
