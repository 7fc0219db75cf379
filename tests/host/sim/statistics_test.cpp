// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Statistics as HDF5: everything that the report holds comes back from the file.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "host/arch/machine_file.hpp"
#include "host/base/result_record.hpp"
#include "host/sim/simulate.hpp"
#include "host/sim/statistics.hpp"
#include "tests/host/sim/gold.hpp"

namespace panther::machine::test {
namespace {

class Hdf5 : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove(path_); }
  void TearDown() override { std::filesystem::remove(path_); }

  std::string path_ = (std::filesystem::temp_directory_path() /
                       ("panther_statistics_" + std::to_string(getpid()) + "_" +
                        testing::UnitTest::GetInstance()->current_test_info()->name() + ".h5"))
                          .string();
};

void same(RunStatistics const& a, RunStatistics const& b) {
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.cycles, b.cycles);
  EXPECT_EQ(a.total_energy_j, b.total_energy_j);
  EXPECT_EQ(a.tile_cycles, b.tile_cycles);
  EXPECT_EQ(a.accesses.name, b.accesses.name);
  EXPECT_EQ(a.accesses.count, b.accesses.count);
  EXPECT_EQ(a.accesses.energy_j, b.accesses.energy_j);
  EXPECT_EQ(a.instructions.name, b.instructions.name);
  EXPECT_EQ(a.instructions.executed, b.instructions.executed);
  EXPECT_EQ(a.cores.cycles, b.cores.cycles);
  EXPECT_EQ(a.cores.utilisation, b.cores.utilisation);
  EXPECT_EQ(a.crossbars.cells_written, b.crossbars.cells_written);
  EXPECT_EQ(a.waiting, b.waiting);
}

TEST_F(Hdf5, HoldsTheStatisticsAndTheMachine) {
  Machine const machine = gold_machine("panther");
  RunResult const result = Simulator(machine, gold_program("mlpTrA")).run();
  RunStatistics const written = make_statistics(machine, result);
  EXPECT_EQ(written.cycles, gold("results.json")["mlpTrA"]["panther"]["cycles"].get<Cycle>());
  write_statistics_hdf5(path_, machine, result);
  hdf5::File const file = hdf5::File::open_for_reading(path_);
  RunStatistics read;
  read_record(file, "/run", read);
  same(read, written);
  EXPECT_EQ(hdf5::read_text(file, "/machine"), print_machine(machine, ConfigStyle::plain));
}

TEST_F(Hdf5, HoldsTheReportOfARunThatStoppedEarly) {
  Machine const machine = gold_machine("panther");
  RunOptions options;
  options.max_cycles = 100;
  RunResult const result = Simulator(machine, gold_program("mlpTrA"), options).run();
  write_statistics_hdf5(path_, machine, result);
  RunStatistics read;
  read_record(hdf5::File::open_for_reading(path_), "/run", read);
  EXPECT_EQ(read.outcome, "cycle_limit");
  EXPECT_FALSE(read.waiting.empty());
  same(read, make_statistics(machine, result));
}

}  // namespace
}  // namespace panther::machine::test
