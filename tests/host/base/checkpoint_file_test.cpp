// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/checkpoint_file.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/host/base/result_test_support.hpp"

namespace panther {
namespace {

using CheckpointFile = ResultTest;

struct Position {
  std::int64_t epoch = 0;
  std::uint64_t example = 0;
  bool shuffled = false;
  std::optional<double> best_loss;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("epoch", self.epoch, Field{.doc = "epoch"});
    visit("example", self.example, Field{.doc = "next example"});
    visit("shuffled", self.shuffled, Field{.doc = "order"});
    visit("best_loss", self.best_loss, Field{.doc = "best so far"});
  }
  friend bool operator==(Position const&, Position const&) = default;
};

constexpr std::string_view config = "[run]\nseed = 1\nlaw = \"ideal\"\n";

void write_checkpoint(std::filesystem::path const& path, std::int16_t fill, std::size_t count) {
  CheckpointWriter writer(path, config);
  writer.array("fc1/codes", std::vector<std::int16_t>(count, fill), {count / 2, 2});
  writer.array("fc1/moments", std::vector<float>{0.5F, -0.0F});
  writer.array("empty", std::vector<double>{});
  writer.text("note", "x");
  writer.record("position",
                Position{.epoch = fill, .example = 7, .shuffled = true, .best_loss = 0.25});
  writer.commit();
}

TEST_F(CheckpointFile, ComesBack) {
  write_checkpoint(path("c.h5"), -3, 100000);
  CheckpointReader const reader(path("c.h5"), config);
  EXPECT_EQ(reader.array<std::int16_t>("fc1/codes"), std::vector<std::int16_t>(100000, -3));
  EXPECT_TRUE(std::signbit(reader.array<float>("fc1/moments").at(1)));
  EXPECT_TRUE(reader.array<double>("empty").empty());
  EXPECT_EQ(reader.text("note"), "x");
  EXPECT_EQ(reader.config(), config);
  EXPECT_EQ(reader.record<Position>("position"), (Position{-3, 7, true, 0.25}));
  std::vector<std::int16_t> room(100000);
  reader.array_into("fc1/codes", std::span(room));
  EXPECT_EQ(room.back(), -3);
  EXPECT_TRUE(reader.has("fc1/codes"));
  EXPECT_FALSE(reader.has("fc2/codes"));
  EXPECT_EQ(names(), std::vector<std::string>{"c.h5"});
}

TEST_F(CheckpointFile, WrongNameTypeOrLengthIsRefused) {
  write_checkpoint(path("c.h5"), 1, 10);
  CheckpointReader const reader(path("c.h5"), config);
  EXPECT_THROW(static_cast<void>(reader.array<float>("fc2/codes")), Hdf5Error);
  std::string const type =
      message_of<CheckpointError>([&] { static_cast<void>(reader.array<float>("fc1/codes")); });
  EXPECT_NE(type.find("'fc1/codes' holds 10 x int16"), std::string::npos) << type;
  std::vector<std::int16_t> room(9);
  EXPECT_THROW(reader.array_into("fc1/codes", std::span(room)), CheckpointError);
}

TEST_F(CheckpointFile, AnotherConfigurationIsRefusedWithTheFirstLineThatDiffers) {
  write_checkpoint(path("c.h5"), 1, 10);
  auto refusal = [this](std::string_view other) {
    return message_of<CheckpointError>([&] { CheckpointReader reader(path("c.h5"), other); });
  };
  std::string const changed = refusal("[run]\nseed = 2\nlaw = \"ideal\"\n");
  EXPECT_NE(changed.find("line 2: it has `seed = 1`, now it is `seed = 2`"), std::string::npos)
      << changed;
  std::string const shorter = refusal("[run]\nseed = 1\n");
  EXPECT_NE(shorter.find("line 3: it has `law = \"ideal\"`, now it is `(end of text)`"),
            std::string::npos)
      << shorter;
  std::string const longer = refusal(std::string(config) + "x = 1\n");
  EXPECT_NE(longer.find("line 4: it has `(end of text)`, now it is `x = 1`"), std::string::npos)
      << longer;
}

TEST_F(CheckpointFile, AnyDamageIsFoundBeforeAnythingIsRead) {
  write_checkpoint(path("c.h5"), 1, 1000);
  std::string const good = content_of(path("c.h5"));
  std::mt19937_64 random(29);
  for (int round = 0; round < 300; ++round) {
    std::string bad = good;
    if (round % 3 == 0) {
      bad.resize(random() % good.size());
    } else {
      bad[random() % good.size()] ^= static_cast<char>(1 << (random() % 8));
    }
    std::ofstream(path("c.h5"), std::ios::binary) << bad;
    std::string const message =
        message_of<CheckpointError>([&] { CheckpointReader reader(path("c.h5"), config); });
    EXPECT_NE(message.find("c.h5"), std::string::npos);
  }
  std::string const missing =
      message_of<CheckpointError>([&] { CheckpointReader reader(path("none.h5"), config); });
  EXPECT_NE(missing.find("cannot open"), std::string::npos) << missing;
}

TEST_F(CheckpointFile, AnUnfinishedOneLeavesTheFormer) {
  write_checkpoint(path("c.h5"), 1, 10);
  {
    CheckpointWriter writer(path("c.h5"), config);
    writer.array("fc1/codes", std::vector<std::int16_t>(10, 2));
  }
  EXPECT_EQ(CheckpointReader(path("c.h5"), config).record<Position>("position").epoch, 1);
  EXPECT_EQ(names(), std::vector<std::string>{"c.h5"});
}

TEST_F(CheckpointFile, AKilledWriterLeavesTheLastCompleteOne) {
  write_checkpoint(path("c.h5"), 1, 20000);
  std::mt19937 random(31);
  for (int round = 0; round < 40; ++round) {
    pid_t const child = fork();
    if (child == 0) {
      for (std::int16_t fill = 1;; ++fill) write_checkpoint(path("c.h5"), fill, 20000);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    CheckpointReader const reader(path("c.h5"), config);
    auto const fill = static_cast<std::int16_t>(reader.record<Position>("position").epoch);
    ASSERT_EQ(reader.array<std::int16_t>("fc1/codes"), std::vector<std::int16_t>(20000, fill));
  }
}

TEST_F(CheckpointFile, AFullDiskLeavesTheLastCompleteOne) {
  write_checkpoint(path("c.h5"), 1, 10);
  for (rlim_t bytes : {300U, 2000U, 10000U, 39000U}) {
    pid_t const child = fork();
    if (child == 0) {
      signal(SIGXFSZ, SIG_IGN);
      rlimit const limit{bytes, bytes};
      setrlimit(RLIMIT_FSIZE, &limit);
      try {
        write_checkpoint(path("c.h5"), 2, 20000);
      } catch (UserError const& error) {
        exit(std::string(error.what()).find("File too large") != std::string::npos ? 0 : 2);
      }
      exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << bytes << ": " << status;
    EXPECT_EQ(CheckpointReader(path("c.h5"), config).record<Position>("position").epoch, 1);
    EXPECT_EQ(names(), std::vector<std::string>{"c.h5"});
  }
}

}  // namespace
}  // namespace panther
