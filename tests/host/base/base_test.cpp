// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Suggestions, whole files, stop signals, progress lines.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "host/base/progress.hpp"
#include "host/base/signals.hpp"
#include "host/base/suggest.hpp"
#include "host/base/text_file.hpp"

namespace panther {
namespace {

TEST(Suggest, EditDistance) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("stpe", "step"), 1u);
  EXPECT_EQ(edit_distance("Step", "step"), 0u);
}

TEST(Suggest, NearestWord) {
  std::vector<std::string> const words{"step", "sigma", "learning_rate", "g"};
  EXPECT_EQ(nearest_word("stpe", words), "step");
  EXPECT_EQ(nearest_word("learn", words), "learning_rate");
  EXPECT_EQ(nearest_word("epochs", words), std::nullopt);
  EXPECT_EQ(nearest_word("x", words), std::nullopt) << "replacing the only letter is no likeness";
  EXPECT_EQ(did_you_mean("sigm", words), " (did you mean 'sigma'?)");
  EXPECT_EQ(did_you_mean("qqq", words), "");
}

class TextFile : public testing::Test {
 protected:
  void SetUp() override {
    auto const* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        std::filesystem::path(testing::TempDir()) / (std::string("panther_file_") + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(TextFile, ReplacesTheContentAndLeavesNothingElse) {
  std::string const path = (folder_ / "a.txt").string();
  write_file_atomically(path, "first");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  std::string const content("second\0part\n", 12);
  write_file_atomically(path, content);
  EXPECT_EQ(read_text_file(path), content);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(TextFile, FollowsALink) {
  write_file_atomically((folder_ / "real").string(), "old");
  std::filesystem::create_symlink("real", folder_ / "link");
  write_file_atomically((folder_ / "link").string(), "new");
  EXPECT_EQ(read_text_file((folder_ / "real").string()), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link"));
}

TEST_F(TextFile, ErrorsNamePathAndReason) {
  std::string const path = (folder_ / "none" / "a.txt").string();
  for (auto const& attempt : {+[](std::string const& p) { read_text_file(p); },
                              +[](std::string const& p) { write_file_atomically(p, "x"); }}) {
    try {
      attempt(path);
      ADD_FAILURE() << "no error";
    } catch (FileError const& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("No such file or directory"), std::string::npos);
    }
  }
  EXPECT_THROW(read_text_file(folder_.string()), FileError);
  std::filesystem::create_directory(folder_ / "d");
  EXPECT_THROW(write_file_atomically((folder_ / "d").string(), "x"), FileError);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1)
      << "the temporary file is removed";
}

TEST(StopSignals, TheFirstSignalSetsTheFlag) {
  StopSignals const signals;
  EXPECT_FALSE(StopSignals::stop_requested());
  ASSERT_EQ(::raise(SIGTERM), 0);
  EXPECT_TRUE(StopSignals::stop_requested());
  EXPECT_EQ(StopSignals::signal(), SIGTERM);
  EXPECT_THROW(StopSignals(), std::logic_error);
}

TEST(StopSignalsDeathTest, TheSecondSignalEndsTheProcess) {
  auto const twice = [] {
    StopSignals const signals;
    (void)::raise(SIGINT);
    (void)::raise(SIGINT);
  };
  EXPECT_EXIT(twice(), testing::ExitedWithCode(128 + SIGINT), "");
}

TEST(StopSignals, TheHandlersOfBeforeComeBack) {
  for (int const number : {SIGINT, SIGTERM}) {
    auto* const before = ::signal(number, SIG_IGN);
    { StopSignals const signals; }
    EXPECT_EQ(::signal(number, before), SIG_IGN) << number;
  }
}

struct FakeClock {
  double now = 100.0;
  Progress::Clock clock() {
    return [this] { return std::chrono::duration<double>(now); };
  }
};

TEST(Progress, PlainLinesNowAndThen) {
  FakeClock time;
  std::ostringstream out;
  Progress progress("epoch 1", "examples", 1000, 0,
                    {.out = &out, .terminal = false, .clock = time.clock()});
  progress.update(10);
  EXPECT_EQ(out.str(), "");
  time.now += 10;
  progress.update(250, "loss 0.5");
  EXPECT_EQ(out.str(), "epoch 1  25% 250/1000 examples  25 examples/s  ETA 30s  loss 0.5\n");
  out.str("");
  time.now += 10;
  progress.update(1000);
  progress.finish("done");
  EXPECT_EQ(out.str(),
            "epoch 1 100% 1000/1000 examples  50 examples/s  in 20s\n"
            "epoch 1 100% 1000/1000 examples  50 examples/s  in 20s  done\n");
}

TEST(Progress, ATerminalLineIsRedrawnAndFits) {
  FakeClock time;
  std::ostringstream out;
  {
    Progress progress("run", "steps", 100, 50,
                      {.out = &out, .terminal = true, .columns = 32, .clock = time.clock()});
    time.now += 1;
    progress.update(60);
    time.now += 0.01;
    progress.update(61);
  }
  EXPECT_EQ(out.str(),
            "\rrun [############........]  60%"
            "\n");
}

TEST(Progress, Texts) {
  EXPECT_EQ(duration_text(5.4), "5s");
  EXPECT_EQ(duration_text(65), "1m05s");
  EXPECT_EQ(duration_text(3720), "1h02m");
  EXPECT_EQ(duration_text(1.0 / 0.0), "?");
  EXPECT_EQ(rate_text(12345), "12.3k");
  EXPECT_EQ(rate_text(4.56e6), "4.56M");
}

}  // namespace
}  // namespace panther
