// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Every preset that the program carries is a configuration that can run.

#include <gtest/gtest.h>

#include <set>

#include "host/base/config_printer.hpp"
#include "host/base/presets.hpp"
#include "host/run/session.hpp"

namespace panther {
namespace {

std::string label_of(::testing::TestParamInfo<Preset> const& info) {
  std::string label(info.param.name);
  for (char& letter : label) letter = letter == '-' ? '_' : letter;
  return label;
}

class Presets : public ::testing::TestWithParam<Preset> {};

TEST_P(Presets, AreCompleteConfigurations) {
  RunConfig const config = load_run_configuration("preset:" + std::string(GetParam().name), {});
  EXPECT_NO_THROW(check(config));
  std::string const printed = print_config(config);
  EXPECT_EQ(print_config(parse_run_configuration(printed, "printed")), printed);
}

TEST_P(Presets, SayWhatTheyAre) {
  std::string const text(GetParam().text);
  std::size_t const third = text.find('\n', text.find('\n') + 1) + 1;
  EXPECT_EQ(text.compare(third, 2, "# "), 0) << "the third line is the headline";
  EXPECT_TRUE(
      (std::set<std::string_view>{"devices", "networks", "slicings"}).contains(GetParam().kind));
}

INSTANTIATE_TEST_SUITE_P(Builtin, Presets,
                         ::testing::ValuesIn(builtin_presets().begin(), builtin_presets().end()),
                         label_of);

TEST(PresetLayers, DevicesAndSlicingsCombine) {
  for (Preset const& device : builtin_presets()) {
    if (device.kind != "devices") continue;
    for (Preset const& slicing : builtin_presets()) {
      if (slicing.kind != "slicings") continue;
      std::string const text = "include = [\"preset:" + std::string(device.name) +
                               "\", \"preset:" + std::string(slicing.name) + "\"]";
      EXPECT_NO_THROW(parse_run_configuration(text, "both")) << text;
    }
  }
}

TEST(PresetSlicings, AreWhatTheirNamesSay) {
  auto const slicing = [](std::string const& name) {
    return load_run_configuration("preset:" + name, {}).slicing;
  };
  EXPECT_EQ(slicing("panther-16").cell_bits_lsb_first, std::vector<int>(8, 6));
  EXPECT_EQ(slicing("panther-16-44466555").cell_bits_lsb_first,
            (std::vector<int>{5, 5, 5, 6, 6, 4, 4, 4}));
  EXPECT_EQ(slicing("panther-32").weight_bits, 32);
  EXPECT_EQ(slicing("panther-32").cell_bits_lsb_first, std::vector<int>(16, 6));
  EXPECT_EQ(slicing("panther-32x8").cell_bits_lsb_first, std::vector<int>(8, 6));
  EXPECT_EQ(slicing("analog-1").cell_bits_lsb_first, std::vector<int>{16});
}

}  // namespace
}  // namespace panther
