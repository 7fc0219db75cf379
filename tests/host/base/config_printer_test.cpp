// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/config_printer.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>

#include "host/base/config_loader.hpp"
#include "host/base/config_reader.hpp"
#include "host/base/json.hpp"
#include "tests/host/base/sample_config.hpp"

namespace panther {
namespace {

using sample::Config;

Config parse(std::string const& text) {
  Config config;
  read_config(load_config_text(text, "printed"), config);
  return config;
}

// Random values, with what is hard to print among them.
class ConfigMaker {
 public:
  explicit ConfigMaker(unsigned seed) : random_(seed) {}

  Config make() {
    Config config;
    config.title = text();
    config.seed = random_();
    config.offset = static_cast<std::int64_t>(random_());
    config.rate = static_cast<float>(unit());
    for (auto n = pick(4); n > 0; --n) config.schedule.push_back(2 * unit());
    for (auto n = pick(4); n > 0; --n)
      config.tried.push_back(static_cast<sample::Activation>(pick(3)));
    config.reference = law();
    for (auto n = pick(3); n > 0; --n) config.history.push_back(law());
    for (auto n = pick(4); n > 0; --n) {
      config.network.layers.push_back(
          {1 + static_cast<int>(pick(4096)), static_cast<sample::Activation>(pick(3))});
    }
    config.network.bias = pick(2) == 0;
    config.device.law = law();
    if (pick(2) == 0) config.device.noise = noise();
    config.device.read_noise = noise();
    return config;
  }

 private:
  std::uint64_t pick(std::uint64_t count) { return random_() % count; }
  double unit() {
    constexpr double odd[] = {0.0, 5e-324, 1e-300, 0.1, 1.0 / 3, 1.0, 1e-5};
    return pick(3) == 0 ? odd[pick(7)] : static_cast<double>(random_() >> 11) * 0x1p-53;
  }
  std::variant<sample::LinearLaw, sample::SoftLaw> law() {
    if (pick(2) == 0) return sample::LinearLaw{unit(), unit() * 1e300};
    return sample::SoftLaw{unit(), 20 * unit() - 10};
  }
  sample::Noise noise() {
    sample::Noise noise{unit(), std::nullopt};
    if (pick(2) == 0) noise.period = 1 + static_cast<std::int64_t>(pick(1u << 30));
    return noise;
  }
  std::string text() {
    constexpr std::string_view parts[] = {"a",    "\"", "\\", "\n", "\t", "\x01",
                                          "\x7f", "µ",  "#",  "'",  "=",  "]"};
    std::string made;
    for (auto n = pick(12); n > 0; --n) made += parts[pick(12)];
    return made;
  }
  std::mt19937_64 random_;
};

TEST(ConfigPrinter, PrintedConfigurationsReadBackEqual) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Config const config = ConfigMaker(seed).make();
    for (auto const style : {ConfigStyle::plain, ConfigStyle::commented}) {
      std::string const text = print_config(config, style);
      ASSERT_EQ(parse(text), config) << "seed " << seed << "\n" << text;
      ASSERT_EQ(print_config(parse(text), style), text) << "seed " << seed;
    }
  }
}

TEST(ConfigPrinter, NumbersKeepTheirBits) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    auto const value = std::bit_cast<double>(random());
    auto const narrow = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isfinite(value) || !std::isfinite(narrow)) continue;
    auto const node =
        load_config_text("v = " + toml_text(value) + "\nw = " + toml_text(narrow), "number");
    auto const* back = std::get_if<double>(&node.find("v")->value);
    ASSERT_NE(back, nullptr) << toml_text(value);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(value));
    auto const narrow_back = static_cast<float>(std::get<double>(node.find("w")->value));
    ASSERT_EQ(std::bit_cast<std::uint32_t>(narrow_back), std::bit_cast<std::uint32_t>(narrow));
  }
  EXPECT_EQ(toml_text(0.1f), "0.1");
  EXPECT_EQ(toml_text(std::uint64_t{5}), "5");
  EXPECT_EQ(toml_text(std::uint64_t{1} << 63), "\"9223372036854775808\"");
  EXPECT_EQ(toml_text(-0.0), "-0.0");
  EXPECT_EQ(toml_text(1e22), "1e+22");
}

TEST(ConfigPrinter, CommentsSayUnitRangeWordsAndAlternatives) {
  EXPECT_EQ(print_config(sample::Device{}, ConfigStyle::commented), R"(# response to a step
# one of: linear, soft
law = "linear"
#   law = "soft"  # steps shrink toward the bounds
#   # share of the window
#   # number, [0, 1]
#   range = 1.0
#   # curvature
#   # number, [-10, 10]
#   steepness = 1.0
# share of the window
# number, [0, 1]
range = 1.0
# conductance of a step
# number in S, at least 0
slope = 0.25
# noise of writes
# table, or "off"
noise = "off"
#   [noise]
#   # standard deviation
#   # number in S, [0, 10]
#   sigma = 0.5
#   # time between draws
#   # integer in steps, at least 1, or "off"
#   period = "off"

# noise of reads
[read_noise]
# standard deviation
# number in S, [0, 10]
sigma = 0.5
# time between draws
# integer in steps, at least 1, or "off"
period = "off"
)");
}

TEST(ConfigPrinter, PlainFormHasNoComments) {
  EXPECT_EQ(print_config(Config{}.device),
            "law = \"linear\"\nrange = 1.0\nslope = 0.25\nnoise = \"off\"\n\n"
            "[read_noise]\nsigma = 0.5\nperiod = \"off\"\n");
}

TEST(ConfigPrinter, ANumberThatIsNotFiniteIsADefect) {
  sample::Noise noise;
  noise.sigma = std::numeric_limits<double>::infinity();
  EXPECT_THROW(print_config(noise), std::logic_error);
}

TEST(Json, HoldsTheFieldsInOrder) {
  sample::Device device;
  device.law = sample::SoftLaw{};
  EXPECT_EQ(
      described_json(device).dump(),
      R"({"law":"soft","range":1.0,"steepness":1.0,"noise":null,"read_noise":{"sigma":0.5,"period":null}})");
  sample::Network network;
  network.layers.push_back({3, sample::Activation::none});
  EXPECT_EQ(described_json(network).dump(),
            R"({"layers":[{"units":3,"activation":"none"}],"bias":true})");
}

}  // namespace
}  // namespace panther
