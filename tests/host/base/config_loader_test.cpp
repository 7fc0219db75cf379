// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/config_loader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "host/base/config_reader.hpp"
#include "host/base/text_file.hpp"
#include "tests/host/base/sample_config.hpp"

namespace panther::test_presets {
std::span<Preset const> builtin_presets();
}

namespace panther {
namespace {

using sample::Config;
using Sets = std::vector<std::string>;

class ConfigLoaderTest : public testing::Test {
 protected:
  void SetUp() override {
    auto const* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        std::filesystem::path(testing::TempDir()) / (std::string("panther_config_") + info->name());
    std::filesystem::create_directories(folder_ / "sub");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(std::string const& name, std::string const& text) const {
    std::string const path = (folder_ / name).string();
    write_file_atomically(path, text);
    return path;
  }

  static Config load(std::string const& path, Sets const& sets = {}) {
    Config config;
    read_config(load_config(path, sets, test_presets::builtin_presets()), config);
    return config;
  }

  static std::string problem(std::string const& path, Sets const& sets = {}) {
    try {
      load(path, sets);
    } catch (ConfigError const& error) {
      return error.what();
    }
    ADD_FAILURE() << "accepted";
    return {};
  }

  std::filesystem::path folder_;
};

bool has(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(ConfigLoaderTest, LaterLayersWinKeyByKey) {
  write("a.toml", "title = \"a\"\noffset = 1\n[network]\nbias = false\n");
  write("sub/b.toml", "include = \"../a.toml\"\noffset = 2\n");
  auto const run = write("run.toml", "include = [\"preset:tiny\", \"sub/b.toml\"]\nrate = 0.5\n");
  Config const config = load(run);
  EXPECT_EQ(config.title, "a");
  EXPECT_EQ(config.offset, 2);
  EXPECT_EQ(config.rate, 0.5f);
  EXPECT_FALSE(config.network.bias);
  ASSERT_EQ(config.network.layers.size(), 2u);
  EXPECT_EQ(config.network.layers[0].units, 16);
  EXPECT_EQ(std::get<sample::SoftLaw>(config.device.law).steepness, 2.5);
}

TEST_F(ConfigLoaderTest, PresetAsTheConfiguration) {
  EXPECT_EQ(load("preset:tiny").network.layers.size(), 2u);
}

TEST_F(ConfigLoaderTest, ErrorsNameTheFileThatWroteTheValue) {
  auto const lower = write("a.toml", "\nrate = 7\n");
  auto const run = write("run.toml", "include = \"a.toml\"\nofset = 1\n");
  auto const text = problem(run);
  EXPECT_TRUE(has(text, lower + ":2:1: rate: 7 must")) << text;
  EXPECT_TRUE(has(text, run + ":2:1: ofset: unknown key (did you mean 'offset'?)")) << text;
}

TEST_F(ConfigLoaderTest, CyclesAreErrors) {
  write("a.toml", "include = \"b.toml\"");
  write("b.toml", "include = \"sub/../a.toml\"");
  auto const text = problem((folder_ / "a.toml").string());
  EXPECT_TRUE(has(text, "b.toml:1:1: include: includes itself: ")) << text;
}

TEST_F(ConfigLoaderTest, IncludingTheSameFileTwiceIsNoCycle) {
  write("a.toml", "offset = 4");
  write("b.toml", "include = \"a.toml\"");
  EXPECT_EQ(load(write("run.toml", "include = [\"a.toml\", \"b.toml\"]")).offset, 4);
}

TEST_F(ConfigLoaderTest, EveryBadIncludeIsReported) {
  auto const text =
      problem(write("run.toml", "include = [\"preset:gentel\", \"none.toml\", 3]\nrate = \n"));
  EXPECT_TRUE(has(text, "run.toml:2:")) << text;
  auto const includes =
      problem(write("run.toml", "include = [\"preset:gentel\", \"none.toml\", 3]"));
  EXPECT_TRUE(
      has(includes, "unknown preset 'gentel' (did you mean 'gentle'?); presets: gentle, tiny"))
      << includes;
  EXPECT_TRUE(has(includes, "none.toml': No such file or directory")) << includes;
  EXPECT_TRUE(has(includes, "not an integer")) << includes;
}

TEST_F(ConfigLoaderTest, IncludeStandsAtTheTopOnly) {
  auto const text = problem(write("run.toml", "[device]\ninclude = \"preset:gentle\""));
  EXPECT_TRUE(has(text, "device.include: unknown key")) << text;
}

TEST_F(ConfigLoaderTest, SetsOverrideFiles) {
  auto const run = write("run.toml", "include = \"preset:tiny\"\ntitle = \"x\"\n");
  Config const config = load(
      run, {"title=hello world", "network.layers[1].units=64", "network.layers[0].activation=none",
            "schedule=[1, 2]", "device.noise.sigma=3", "seed=12", "device.noise.period=off"});
  EXPECT_EQ(config.title, "hello world");
  EXPECT_EQ(config.network.layers[1].units, 64);
  EXPECT_EQ(config.network.layers[1].activation, sample::Activation::softmax);
  EXPECT_EQ(config.network.layers[0].activation, sample::Activation::none);
  EXPECT_EQ(config.schedule, (std::vector<double>{1, 2}));
  EXPECT_EQ(config.device.noise->sigma, 3);
  EXPECT_EQ(config.seed, 12u);
}

TEST_F(ConfigLoaderTest, SetErrorsNameTheArgument) {
  auto const run = write("run.toml", "include = \"preset:tiny\"");
  EXPECT_EQ(problem(run, {"rate=2"}), "--set rate=2: rate: 2 must lie in [0, 1]");
  EXPECT_TRUE(has(problem(run, {"network.layres=1"}),
                  "--set network.layres=1: network.layres: unknown key (did you mean 'layers'?)"));
  EXPECT_TRUE(has(problem(run, {"network.layers[2].units=1"}),
                  "index 2 is out of range: the list has 2 element"));
  EXPECT_TRUE(has(problem(run, {"title[0]=1"}), "no list stands there"));
  EXPECT_EQ(problem(run, {"network.layers.0.units=1"}),
            "--set network.layers.0.units=1: a list stands before '0': name one of its elements, "
            "as in layers[0]");
  EXPECT_TRUE(has(problem(run, {"title.size=1"}), "--set title.size=1: title: "))
      << "the table that took the place of a text comes from the command line";
  EXPECT_TRUE(has(problem(run, {"rate"}), "must be KEY=VALUE"));
  EXPECT_TRUE(has(problem(run, {"rate="}), "the value is missing"));
  EXPECT_TRUE(has(problem(run, {"schedule=[1, "}), "not a TOML value"));
  EXPECT_TRUE(has(problem(run, {"rate=1\noffset=2"}), "--set rate=1"));
}

TEST_F(ConfigLoaderTest, AnotherAlternativeDropsKeysOfTheOldOne) {
  auto const run =
      write("run.toml", "include = \"preset:gentle\"\n[device]\nlaw = \"linear\"\nslope = 3\n");
  auto const law = std::get<sample::LinearLaw>(load(run).device.law);
  EXPECT_EQ(law.slope, 3);
  EXPECT_EQ(law.range, 0.5) << "a key that both alternatives have stays";
}

TEST_F(ConfigLoaderTest, SetOfTheTagDropsKeysOfTheOldAlternative) {
  auto const run = write("run.toml", "include = \"preset:gentle\"");
  EXPECT_EQ(std::get<sample::LinearLaw>(load(run, {"device.law=linear"}).device.law).range, 0.5);
  EXPECT_TRUE(
      has(problem(run, {"device.steepness=1", "device.law=linear"}), "belongs to law = \"soft\""));
}

TEST_F(ConfigLoaderTest, ADroppedKeyDoesNotComeBack) {
  write("linear.toml", "[device]\nlaw = \"linear\"");
  auto const run = write(
      "run.toml", "include = [\"preset:gentle\", \"linear.toml\"]\n[device]\nlaw = \"soft\"\n");
  EXPECT_EQ(std::get<sample::SoftLaw>(load(run).device.law).steepness, 1.0);
}

TEST_F(ConfigLoaderTest, NamingTheSameAlternativeAgainKeepsItsKeys) {
  auto const run = write("run.toml", "include = \"preset:gentle\"\n[device]\nlaw = \"soft\"\n");
  EXPECT_EQ(std::get<sample::SoftLaw>(load(run).device.law).steepness, 2.5);
}

TEST_F(ConfigLoaderTest, AKeyOfTheOldAlternativeWrittenLaterIsAnError) {
  write("linear.toml", "include = \"preset:gentle\"\n[device]\nlaw = \"linear\"");
  auto const run = write("run.toml", "include = \"linear.toml\"\n[device]\nsteepness = 1\n");
  EXPECT_TRUE(has(problem(run), "it belongs to law = \"soft\", not to \"linear\""));
}

TEST_F(ConfigLoaderTest, NamingTheSameAlternativeAgainForgivesNoMistake) {
  write("linear.toml", "[device]\nlaw = \"linear\"\nsteepness = 1\n");
  auto const run = write("run.toml", "include = \"linear.toml\"\n[device]\nlaw = \"linear\"\n");
  EXPECT_TRUE(has(problem(run), "linear.toml:3:1: device.steepness: unknown key"));
}

TEST_F(ConfigLoaderTest, OffAndTableReplaceEachOther) {
  write("on.toml", "[device.noise]\nsigma = 3\nperiod = 2");
  write("off.toml", "include = \"on.toml\"\n[device]\nnoise = \"off\"");
  EXPECT_FALSE(load((folder_ / "off.toml").string()).device.noise);
  auto const again = write("again.toml", "include = \"off.toml\"\n[device.noise]\nsigma = 1\n");
  EXPECT_EQ(*load(again).device.noise, (sample::Noise{1, std::nullopt}));
}

TEST(Presets, TheProgramsOwnAreFoundByName) {
  for (auto const& preset : builtin_presets()) {
    EXPECT_NO_THROW(load_config("preset:" + std::string(preset.name)))
        << preset.kind << "/" << preset.name;
  }
}

}  // namespace
}  // namespace panther
