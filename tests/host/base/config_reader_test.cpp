// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/config_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/base/config_loader.hpp"
#include "tests/host/base/sample_config.hpp"

namespace panther {
namespace {

using sample::Activation;
using sample::Config;
using sample::SoftLaw;

Config read(std::string const& text) {
  Config config;
  read_config(load_config_text(text, "run.toml"), config);
  return config;
}

std::vector<ConfigProblem> problems_of(std::string const& text) {
  try {
    read(text);
  } catch (ConfigError const& error) {
    return error.problems();
  }
  return {};
}

// The one problem of a text, as the user sees it.
std::string problem_of(std::string const& text) {
  try {
    read(text);
  } catch (ConfigError const& error) {
    EXPECT_EQ(error.problems().size(), 1u) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "accepted: " << text;
  return {};
}

TEST(ConfigReader, ReadsEveryKindOfField) {
  Config const config = read(R"(
title = "a run"
seed = "18446744073709551615"
offset = -5
rate = 0.25
schedule = [1, 0.5]
tried = ["none", "relu"]
history = [{shape = "soft", steepness = 3}, {slope = 2}]
reference = {shape = "soft"}
[network]
bias = false
layers = [{units = 16}, {units = 10, activation = "softmax"}]
[device]
law = "soft"
steepness = -1.5
[device.noise]
sigma = 2
period = 7
)");
  EXPECT_EQ(config.title, "a run");
  EXPECT_EQ(config.seed, UINT64_MAX);
  EXPECT_EQ(config.offset, -5);
  EXPECT_EQ(config.rate, 0.25f);
  EXPECT_EQ(config.schedule, (std::vector<double>{1, 0.5}));
  EXPECT_EQ(config.tried, (std::vector{Activation::none, Activation::relu}));
  ASSERT_EQ(config.history.size(), 2u);
  EXPECT_EQ(std::get<SoftLaw>(config.history[0]).steepness, 3);
  EXPECT_EQ(std::get<sample::LinearLaw>(config.history[1]).slope, 2);
  EXPECT_TRUE(std::holds_alternative<SoftLaw>(config.reference));
  EXPECT_FALSE(config.network.bias);
  EXPECT_EQ(config.network.layers,
            (std::vector<sample::Layer>{{16, Activation::relu}, {10, Activation::softmax}}));
  EXPECT_EQ(std::get<SoftLaw>(config.device.law).steepness, -1.5);
  ASSERT_TRUE(config.device.noise);
  EXPECT_EQ(*config.device.noise, (sample::Noise{2, 7}));
}

TEST(ConfigReader, AbsentKeysKeepTheirDefaults) { EXPECT_EQ(read(""), Config{}); }

TEST(ConfigReader, OffEmptiesAnOptional) {
  Config config;
  config.device.noise = sample::Noise{1, 3};
  read_config(load_config_text("[device]\nnoise = \"off\"", "run.toml"), config);
  EXPECT_FALSE(config.device.noise);
  EXPECT_FALSE(read("[device.noise]\nperiod = \"off\"").device.noise->period);
}

TEST(ConfigReader, UnknownKeyNamesPlaceKeyAndNearestKey) {
  std::string const text = problem_of("[device]\nlaw = \"linear\"\nslpoe = 1\n");
  EXPECT_TRUE(text.starts_with("run.toml:3:1: device.slpoe: unknown key (did you mean 'slope'?)"))
      << text;
  EXPECT_NE(text.find("known keys here: law, range, slope, noise, read_noise"), std::string::npos)
      << text;
}

TEST(ConfigReader, KeyOfAnotherAlternativeSaysWhereItBelongs) {
  std::string const text = problem_of("[device]\nlaw = \"soft\"\nslope = 1\n");
  EXPECT_NE(text.find("it belongs to law = \"linear\", not to \"soft\""), std::string::npos)
      << text;
}

TEST(ConfigReader, WrongTagListsTheAlternativesOnce) {
  EXPECT_EQ(
      problem_of("[device]\nlaw = \"sofd\"\nsteepness = 1\n"),
      "run.toml:2:1: device.law: \"sofd\" must be one of: linear, soft (did you mean 'soft'?)");
}

TEST(ConfigReader, WrongTypes) {
  EXPECT_EQ(problem_of("title = 3"), "run.toml:1:1: title: 3 must be a string, not an integer");
  EXPECT_EQ(problem_of("rate = \"fast\""),
            "run.toml:1:1: rate: \"fast\" must be a number, not a string");
  EXPECT_EQ(problem_of("offset = 1.0"),
            "run.toml:1:1: offset: 1.0 must be an integer, not a number");
  EXPECT_EQ(problem_of("offset = \"1\""),
            "run.toml:1:1: offset: \"1\" must be an integer, not a string");
  EXPECT_EQ(problem_of("network = 1"), "run.toml:1:1: network: 1 must be a table, not an integer");
  EXPECT_EQ(problem_of("schedule = 1"), "run.toml:1:1: schedule: 1 must be a list, not an integer");
  EXPECT_EQ(problem_of("network.bias = 1"),
            "run.toml:1:9: network.bias: 1 must be true or false, not an integer");
  EXPECT_EQ(
      problem_of("device.noise.period = \"of\""),
      "run.toml:1:14: device.noise.period: \"of\" must be an integer in steps, not a string (or "
      "\"off\")");
  EXPECT_NE(problem_of("title = 2020-01-01").find("dates and times"), std::string::npos);
}

TEST(ConfigReader, Ranges) {
  EXPECT_EQ(problem_of("rate = 1.5"), "run.toml:1:1: rate: 1.5 must lie in [0, 1]");
  EXPECT_EQ(problem_of("device.read_noise.sigma = -1"),
            "run.toml:1:19: device.read_noise.sigma: -1 must lie in [0, 10] S");
  EXPECT_EQ(problem_of("schedule = [1, 0.5, 3]"),
            "run.toml:1:21: schedule[2]: 3 must lie in [0, 2]");
  EXPECT_EQ(problem_of("[[network.layers]]\nunits = 0"),
            "run.toml:2:1: network.layers[0].units: 0 must lie in [1, 4096]");
  EXPECT_NE(problem_of("[[network.layers]]\nunits = 4097").find("[1, 4096]"), std::string::npos);
  EXPECT_EQ(read("[[network.layers]]\nunits = 4096").network.layers[0].units, 4096);
  EXPECT_EQ(problem_of("seed = -1"),
            "run.toml:1:1: seed: -1 must lie in [0, 18446744073709551615]");
  EXPECT_NE(problem_of("seed = \"18446744073709551616\"").find("must be an integer"),
            std::string::npos);
  EXPECT_NE(problem_of("[[network.layers]]\nunits = 5000000000").find("[1, 4096]"),
            std::string::npos);
  EXPECT_EQ(problem_of("device.noise.period = 0"),
            "run.toml:1:14: device.noise.period: 0 must lie in [1, 9223372036854775807] steps (or "
            "\"off\")");
}

TEST(ConfigReader, NotANumberAndInfinityAreRefused) {
  EXPECT_NE(problem_of("rate = nan").find("must be a finite number"), std::string::npos);
  EXPECT_NE(problem_of("device.slope = inf").find("must be a finite number"), std::string::npos);
}

TEST(ConfigReader, UnknownWordsAreListed) {
  EXPECT_EQ(problem_of("tried = [\"relu\", \"sofmax\"]"),
            "run.toml:1:18: tried[1]: \"sofmax\" must be one of: relu, softmax, none (did you mean "
            "'softmax'?)");
}

TEST(ConfigReader, ReportsEveryProblemOfAFile) {
  auto const problems =
      problems_of("rate = 2\ntitel = \"x\"\n[device]\nlaw = 3\n[network]\nbias = 0\nbais = 1\n");
  ASSERT_EQ(problems.size(), 5u);
  EXPECT_EQ(problems[0].key, "rate");
  EXPECT_EQ(problems[1].key, "network.bias");
  EXPECT_EQ(problems[2].key, "network.bais");
  EXPECT_EQ(problems[3].key, "device.law");
  EXPECT_EQ(problems[4].key, "titel");
}

struct Twice {
  int a = 0;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("a", self.a, Field{});
    visit("a", self.a, Field{});
  }
};

TEST(ConfigReader, AFieldDescribedTwiceIsADefect) {
  Twice twice;
  EXPECT_THROW(read_config(ConfigNode{}, twice), std::logic_error);
}

}  // namespace
}  // namespace panther
