// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Laws of how rows are shared by threads: every driven row is in one share, shares are as equal as
// whole rows allow, and reads and updates of the same rows cut alike.

#include <gtest/gtest.h>

#include "kernels/cpu/update_units.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

std::vector<std::int16_t> random_rows(Random& random, int count) {
  std::vector<std::int16_t> rows(static_cast<std::size_t>(count));
  double const driven = random.pick<double>({0.0, 0.02, 0.5, 1.0});
  for (auto& row : rows) row = random.chance(driven) ? std::int16_t{-3} : std::int16_t{0};
  return rows;
}

TEST(RowBands, HaveEquallyManyDrivenRows) {
  Random random(11);
  std::vector<std::size_t> ends;
  for (int trial = 0; trial < trials(300); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    auto const rows = random_rows(random, random.whole(1, 300));
    int const bands = random.whole(1, 9);
    std::int64_t const driven = driven_rows(rows);
    place_bands(rows, driven, bands, ends);
    ASSERT_EQ(ends.size(), static_cast<std::size_t>(bands) + 1);
    EXPECT_EQ(ends.front(), 0U);
    EXPECT_EQ(ends.back(), rows.size());
    for (std::size_t band = 0; band + 1 < ends.size(); ++band) {
      ASSERT_LE(ends[band], ends[band + 1]);
      auto const of_band =
          driven_rows(std::span(rows).subspan(ends[band], ends[band + 1] - ends[band]));
      EXPECT_GE(of_band, driven / bands) << "band " << band;
      EXPECT_LE(of_band, (driven + bands - 1) / bands) << "band " << band;
    }
  }
}

TEST(RowShares, ListEveryDrivenRowOnce) {
  Random random(12);
  RowShares shares;
  for (int trial = 0; trial < trials(300); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    UpdateArgs args{};
    args.shape.replicas = random.whole(1, 3);
    args.shape.rows = random.whole(1, 90);
    args.examples = args.batch = random.whole(1, 3);
    auto const x = random_rows(random, args.shape.replicas * args.batch * args.shape.rows);
    args.x = x.data();
    args.drive = random.chance(0.2) ? UpdateDrive::delta : UpdateDrive::streamed;
    int const threads = random.whole(1, 6);
    int const grain = random.whole(1, 40);
    int const used = shares.cut(args, grain, threads);
    ASSERT_GE(used, 1);
    ASSERT_LE(used, threads);
    std::vector<std::pair<int, int>> listed;
    int idle = 0;
    for (int thread = 0; thread < threads; ++thread) {
      std::span<ActiveRow const> const rows = shares.list(thread, threads);
      idle += rows.empty() ? 1 : 0;
      EXPECT_TRUE(used == 1 || rows.empty() || std::ssize(rows) >= grain);
      for (ActiveRow const& row : rows) listed.emplace_back(row.replica, row.row);
    }
    EXPECT_GE(idle, threads - used);
    std::vector<std::pair<int, int>> expected;
    for (int at = 0; at < args.shape.replicas * args.shape.rows; ++at) {
      int const replica = at / args.shape.rows;
      int const row = at % args.shape.rows;
      bool driven = args.drive == UpdateDrive::delta;
      for (int n = 0; n < args.batch; ++n) {
        int const vector = replica * args.batch + n;
        driven = driven || x[static_cast<std::size_t>(vector * args.shape.rows + row)] != 0;
      }
      if (driven) expected.emplace_back(replica, row);
    }
    EXPECT_EQ(listed, expected);
  }
}

}  // namespace
}  // namespace panther::test
