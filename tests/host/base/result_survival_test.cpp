// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// What a result file is worth when its writer is watched, killed, or has no room to write.

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include "host/base/redo_record.hpp"
#include "host/base/result_file.hpp"
#include "tests/host/base/result_test_support.hpp"

namespace panther {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t slices = 3;

/// A child process that runs `work`; its exit status is what `work` returns, 99 after an exception.
class Child {
 public:
  explicit Child(std::function<int()> const& work) : pid_(fork()) {
    if (pid_ != 0) return;
    int status = 99;
    try {
      status = work();
    } catch (std::exception const& error) {
      fprintf(stderr, "child: %s\n", error.what());
    }
    _exit(status);
  }
  Child(Child const&) = delete;
  Child& operator=(Child const&) = delete;
  ~Child() {
    if (pid_ > 0) kill_and_wait();
  }

  void kill_and_wait() {
    kill(pid_, SIGKILL);
    wait();
  }
  /// The exit status, or minus the signal that ended it.
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

class ResultSurvival : public ResultTest {
 protected:
  /// Appends seeded rows until it is killed, flushing after each `rows_per_flush`.
  int write_until_killed(std::size_t rows_per_flush) {
    ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::replace);
    ResultTable<TestRow> table = writer.table(shape_of_rows(slices));
    writer.write_config("seed = 5\n");
    writer.start();
    std::mt19937_64 random(5);
    for (std::int64_t step = 0;; ++step) {
      table.append(random_row(random, step, slices));
      if (table.rows() % rows_per_flush == 0) writer.flush();
    }
  }

  void wait_for_rows(std::size_t count) {
    auto const end = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < end) {
      if (std::filesystem::exists(path("out.running.h5")) &&
          ResultReader(path("out.running.h5")).rows<TestRow>().size() >= count) {
        return;
      }
      std::this_thread::sleep_for(1ms);
    }
    FAIL() << "the writer wrote nothing";
  }
};

TEST_F(ResultSurvival, AnotherProcessSeesRowsWhileTheWriterWrites) {
  Child writer([this] { return write_until_killed(7); });
  wait_for_rows(1);
  ResultReader const reader(path("out.running.h5"));
  EXPECT_FALSE(reader.complete());
  EXPECT_TRUE(std::filesystem::exists(redo_path(path("out.running.h5"))));
  std::vector<TestRow> const expected = random_rows(5, 60000, slices);
  std::size_t seen = 0;
  int growths = 0;
  for (auto const end = std::chrono::steady_clock::now() + 30s;
       growths < 10 && std::chrono::steady_clock::now() < end;) {
    std::vector<TestRow> const rows = reader.rows<TestRow>();
    ASSERT_GE(rows.size(), seen);
    if (rows.size() >= expected.size()) break;
    ASSERT_TRUE(std::equal(rows.begin(), rows.end(), expected.begin()));
    if (rows.size() > seen) ++growths;
    seen = rows.size();
  }
  EXPECT_GE(growths, 3);
}

TEST_F(ResultSurvival, AFileWhoseWriterWasKilledReadsAndResumes) {
  std::mt19937 random(17);
  for (int round = 0; round < 25; ++round) {
    std::size_t const rows_per_flush = 1 + random() % 40;
    {
      Child writer([&] { return write_until_killed(rows_per_flush); });
      wait_for_rows(1);
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 60000));
      writer.kill_and_wait();
    }
    std::vector<TestRow> const rows = ResultReader(path("out.running.h5")).rows<TestRow>();
    ASSERT_GE(rows.size(), 1U);
    std::vector<TestRow> const expected = random_rows(5, rows.size() + 1, slices);
    ASSERT_TRUE(std::equal(rows.begin(), rows.end(), expected.begin())) << "round " << round;

    ResultWriter writer = ResultWriter::resume(path("out.h5"), OnExisting::replace);
    ResultTable<TestRow> table = writer.table(shape_of_rows(slices));
    ASSERT_EQ(table.rows(), rows.size());
    writer.start();
    table.append(expected.back());
    writer.begin_final();
    writer.commit();
    ASSERT_EQ(ResultReader(path("out.h5")).rows<TestRow>(), expected) << "round " << round;
    ASSERT_EQ(ResultReader(path("out.h5")).config(), "seed = 5\n");
    std::filesystem::remove(path("out.h5"));
  }
}

/// The worst of torn writes, of the whole file: its record is all that is left.
TEST_F(ResultSurvival, AWriteThatItsWriterDiedInReadsAndResumes) {
  std::filesystem::path const file = path("out.running.h5");
  {
    Child writer([this] { return write_until_killed(7); });
    wait_for_rows(20);
    writer.kill_and_wait();
  }
  std::vector<TestRow> const rows = ResultReader(file).rows<TestRow>();
  std::string const content = read_text_file(file.string());
  ASSERT_TRUE(RedoRecord(file).keep(0, std::as_bytes(std::span(content))));
  std::ofstream(file, std::ios::in | std::ios::out) << std::string(content.size(), '\0');
  EXPECT_EQ(ResultReader(file).rows<TestRow>(), rows);
  ResultWriter writer = ResultWriter::resume(path("out.h5"), OnExisting::replace);
  ResultTable<TestRow> table = writer.table(shape_of_rows(slices));
  writer.start();
  writer.begin_final();
  writer.commit();
  EXPECT_EQ(ResultReader(path("out.h5")).rows<TestRow>(), rows);
  EXPECT_EQ(names(), std::vector<std::string>{"out.h5"});
}

TEST_F(ResultSurvival, KilledAtAnyMomentNoOldResultIsHarmed) {
  std::vector<TestRow> const old_rows = random_rows(1, 5, slices);
  std::vector<TestRow> const new_rows = random_rows(2, 50, slices);
  std::mt19937 random(23);
  write_result(path("out.h5"), old_rows, slices);
  for (int round = 0; round < 40; ++round) {
    Child writer([&] {
      while (true) write_result(path("out.h5"), new_rows, slices, OnExisting::replace);
      return 0;
    });
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    writer.kill_and_wait();
    ResultReader const reader(path("out.h5"));
    std::vector<TestRow> const rows = reader.rows<TestRow>();
    ASSERT_TRUE(reader.complete());
    ASSERT_TRUE(rows == old_rows || rows == new_rows);
    if (std::filesystem::exists(path("out.running.h5"))) {
      ASSERT_LE(ResultReader(path("out.running.h5")).rows<TestRow>().size(), new_rows.size());
    }
  }
}

TEST_F(ResultSurvival, H5dumpReadsACleanedCopyOfADeadFile) {
  {
    Child writer([this] { return write_until_killed(5); });
    wait_for_rows(20);
    writer.kill_and_wait();
  }
  std::filesystem::copy_file(path("out.running.h5"), path("copy.h5"));
  CommandResult const cleared = run_command("h5clear -s --increment=0 " + path("copy.h5").string());
  if (WEXITSTATUS(cleared.status) == 127) GTEST_SKIP() << "hdf5-tools is not installed";
  CommandResult const dump =
      run_command("h5dump -d /metrics/test/step -c 3 " + path("copy.h5").string());
  EXPECT_EQ(dump.status, 0) << dump.output;
  EXPECT_NE(dump.output.find("(0): 0, 1, 2"), std::string::npos) << dump.output;
}

/// Runs with a limit on the size of files, as a full disk would set it. 0: the expected error came.
int with_little_room(rlim_t bytes, std::function<void()> const& work) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit const limit{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &limit);
  try {
    work();
  } catch (UserError const& error) {
    std::string const message = error.what();
    bool const says_why = message.find("File too large") != std::string::npos;
    bool const says_where = message.find("out.running.h5") != std::string::npos;
    if (!says_why || !says_where) fprintf(stderr, "child: %s\n", message.c_str());
    return says_why && says_where ? 0 : 2;
  }
  return 1;
}

TEST_F(ResultSurvival, AFullDiskIsAClearErrorAndHarmsNothing) {
  std::vector<TestRow> const old_rows = random_rows(1, 5, slices);
  std::vector<TestRow> const rows = random_rows(2, 5000, slices);
  write_result(path("out.h5"), old_rows, slices);
  std::string const before = content_of(path("out.h5"));
  for (rlim_t limit : {1000U, 5000U, 20000U, 40000U, 60000U, 100000U, 200000U, 300000U}) {
    Child process([&] {
      int const outcome = with_little_room(limit, [&] {
        ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::replace);
        ResultTable<TestRow> table = writer.table(shape_of_rows(slices));
        writer.start();
        for (std::size_t i = 0; i < rows.size(); ++i) {
          table.append(rows[i]);
          if (i % 100 == 0) writer.flush();
        }
        writer.begin_final();
        writer.commit();
      });
      if (outcome == 0) exit(0);  // with HDF5's own clean-up at exit
      return outcome;
    });
    EXPECT_EQ(process.wait(), 0) << "limit " << limit;
    EXPECT_EQ(content_of(path("out.h5")), before) << "limit " << limit;
    if (std::filesystem::exists(path("out.running.h5"))) {
      std::vector<TestRow> const found = ResultReader(path("out.running.h5")).rows<TestRow>();
      EXPECT_TRUE(std::equal(found.begin(), found.end(), rows.begin())) << "limit " << limit;
    }
  }
}

TEST_F(ResultSurvival, AFolderThatCannotBeWrittenIsAClearError) {
  std::string const missing =
      message_of<FileError>([&] { ResultWriter::create(path("no/out.h5"), OnExisting::refuse); });
  EXPECT_NE(missing.find("no/out.running.h5"), std::string::npos) << missing;
  EXPECT_NE(missing.find("No such file or directory"), std::string::npos) << missing;

  ASSERT_EQ(chmod(path("").c_str(), 0555), 0);
  Child writer([&] {
    constexpr uid_t nobody = 65534;
    if (getuid() == 0 && seteuid(nobody) != 0) return 3;
    try {
      ResultWriter::create(path("out.h5"), OnExisting::refuse);
    } catch (FileError const& error) {
      return std::string(error.what()).find("Permission denied") != std::string::npos ? 0 : 2;
    }
    return 1;
  });
  EXPECT_EQ(writer.wait(), 0);
  chmod(path("").c_str(), 0755);
}

}  // namespace
}  // namespace panther
