// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Laws of how rows are shared by threads: every driven row is in one share, loads become as equal
// as whole rows allow, and reads and updates of the same rows cut alike.

#include <gtest/gtest.h>

#include "kernels/cpu/layer_shares.hpp"
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
    place_even_bands(rows, driven, bands, ends);
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

/// An update's arguments, as far as shares look at them.
struct RandomUpdate {
  UpdateArgs args{};
  std::vector<std::int16_t> x;

  explicit RandomUpdate(Random& random) {
    args.shape.replicas = random.whole(1, 3);
    args.shape.planes = random.whole(1, 8);
    args.shape.rows = random.whole(1, 90);
    args.shape.cols = random.whole(1, 300);
    args.examples = args.batch = random.whole(1, 3);
    x = random_rows(random, args.shape.replicas * args.batch * args.shape.rows);
    args.drive = random.chance(0.2) ? UpdateDrive::delta : UpdateDrive::streamed;
  }

  UpdateArgs const& pointed() {
    args.x = x.data();
    return args;
  }

  /// Replica and row of what some example drives, ascending.
  std::vector<std::pair<int, int>> driven() const {
    std::vector<std::pair<int, int>> rows;
    for (int at = 0; at < args.shape.replicas * args.shape.rows; ++at) {
      int const replica = at / args.shape.rows;
      int const row = at % args.shape.rows;
      bool driven = args.drive == UpdateDrive::delta;
      for (int n = 0; n < args.batch; ++n) {
        int const vector = replica * args.batch + n;
        driven = driven || x[static_cast<std::size_t>(vector * args.shape.rows + row)] != 0;
      }
      if (driven) rows.emplace_back(replica, row);
    }
    return rows;
  }
};

TEST(RowShares, ListEveryDrivenRowOnce) {
  Random random(12);
  RowShares shares;
  for (int trial = 0; trial < trials(300); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    RandomUpdate update(random);
    int const threads = random.whole(1, 6);
    int const grain = random.whole(1, 40);
    std::vector<std::int64_t> loads(static_cast<std::size_t>(threads), 0);
    auto const expected = update.driven();
    ASSERT_EQ(shares.mark(update.pointed()), std::ssize(expected));
    int const used = shares.deal(grain, 1, loads);
    ASSERT_GE(used, 1);
    ASSERT_LE(used, threads);
    std::vector<std::pair<int, int>> listed;
    for (int thread = 0; thread < threads; ++thread) {
      std::span<ActiveRow const> const rows = shares.list(thread, threads);
      EXPECT_EQ(std::ssize(rows), loads[static_cast<std::size_t>(thread)]);
      EXPECT_TRUE(used == 1 || rows.empty() || std::ssize(rows) >= grain);
      EXPECT_TRUE(thread >= threads - used || rows.empty());
      for (ActiveRow const& row : rows) listed.emplace_back(row.replica, row.row);
    }
    EXPECT_EQ(listed, expected);
  }
}

/// Loads in whole rows: nobody who got rows has more than a row more than any other.
TEST(RowShares, FillUpLoads) {
  Random random(13);
  RowShares shares;
  for (int trial = 0; trial < trials(300); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    RandomUpdate update(random);
    std::vector<std::int64_t> loads(static_cast<std::size_t>(random.whole(1, 6)));
    int const work = random.whole(1, 50);
    for (std::int64_t& load : loads) load = random.whole(0, 40 * work);
    std::vector<std::int64_t> const before = loads;
    std::int64_t const rows = shares.mark(update.pointed());
    shares.deal(1, work, loads);
    std::int64_t dealt = 0;
    std::int64_t highest = 0;
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = loads.size() - static_cast<std::size_t>(
                                            std::clamp<std::int64_t>(rows, 1, std::ssize(loads)));
         i < loads.size(); ++i) {
      dealt += loads[i] - before[i];
      lowest = std::min(lowest, loads[i]);
      if (loads[i] > before[i]) highest = std::max(highest, loads[i]);
    }
    EXPECT_EQ(dealt, rows * work);
    EXPECT_LE(highest, lowest + 2 * work);
  }
}

TEST(LayerShares, GiveThreadsTheSameWork) {
  Random random(14);
  LayerShares shares;
  for (int trial = 0; trial < trials(300); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    std::vector<RandomUpdate> updates;
    for (int layer = 0; layer < random.whole(1, 5); ++layer) updates.emplace_back(random);
    std::vector<UpdateArgs> layers;
    for (RandomUpdate& update : updates) layers.push_back(update.pointed());
    int const threads = shares.deal(layers, random.whole(1, 4));
    std::vector<std::int64_t> work(static_cast<std::size_t>(threads), 0);
    std::int64_t coarsest = 0;  // what cannot be shared further
    for (std::size_t i = 0; i < layers.size(); ++i) {
      std::vector<std::pair<int, int>> listed;
      for (int thread = 0; thread < threads; ++thread) {
        for (ActiveRow const& row : shares.list(i, thread, threads)) {
          listed.emplace_back(row.replica, row.row);
          work[static_cast<std::size_t>(thread)] += row_work(layers[i]);
        }
      }
      EXPECT_EQ(listed, updates[i].driven());
      coarsest = std::max(coarsest, update_grain(layers[i]) * row_work(layers[i]));
    }
    auto const [least, most] = std::ranges::minmax(work);
    EXPECT_LE(most, least + static_cast<std::int64_t>(threads) * 2 * coarsest);
  }
}

}  // namespace
}  // namespace panther::test
