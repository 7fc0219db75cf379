// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Every preset that the program carries is a configuration that can run; a device has the numbers
// of its source.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <sstream>

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

/// The first comment line of a preset of a device cites where its figures come from.
TEST(PresetDevices, CiteTheirSource) {
  std::set<std::string_view> const of_no_device = {"ideal", "idealized", "mild",
                                                   "lookup-exponential", "pcm-state-independent"};
  std::regex const year(R"(\(.*\b(19|20)[0-9]{2}\b.*\))");
  for (Preset const& preset : builtin_presets()) {
    if (preset.kind != "devices" || of_no_device.contains(preset.name)) continue;
    std::istringstream text{std::string(preset.text)};
    std::string line;
    for (int i = 0; i < 3; ++i) std::getline(text, line);
    EXPECT_TRUE(std::regex_search(line, year)) << preset.name << ": " << line;
  }
}

/// Values of a parsed preset by key: "dw_min" of [device], "spread.slope" of [device.spread].
std::map<std::string, std::string> device_values(std::string const& name) {
  std::istringstream printed(print_config(load_run_configuration("preset:" + name, {}).device));
  std::map<std::string, std::string> values;
  std::string table;
  for (std::string line; std::getline(printed, line);) {
    std::size_t const equals = line.find(" = ");
    if (line.starts_with("[")) table = line.substr(1, line.size() - 2) + ".";
    if (equals != std::string::npos)
      values[table + line.substr(0, equals)] = line.substr(equals + 3);
  }
  return values;
}

/// `seen` is the number `stated`, as exactly as sources state theirs, or the word.
void expect_value(std::string const& where, std::string const& seen, std::string const& stated) {
  try {
    double const expected = std::stod(stated);
    EXPECT_NEAR(std::stod(seen), expected, 1e-12 + 5e-4 * std::abs(expected)) << where;
  } catch (std::invalid_argument const&) {
    EXPECT_TRUE(seen == stated || seen == "\"" + stated + "\"") << where << ": " << seen;
  }
}

struct Source {
  std::string preset;
  std::vector<std::pair<std::string, std::string>> numbers;
};

void expect_numbers(Source const& source) {
  auto const values = device_values(source.preset);
  for (auto const& [key, stated] : source.numbers) {
    ASSERT_TRUE(values.contains(key)) << source.preset << " has no " << key;
    expect_value(source.preset + ": " + key, values.at(key), stated);
  }
}

/// aihwkit's device presets. c2c and hidden_std are of the window: dw_min_std, and write_noise_std,
/// in steps of dw_min; window spreads are w_*_dtod times the bound over the window.
std::vector<Source> const aihwkit_devices = {
    {"reram-es",
     {{"law", "exp_step"},
      {"dw_min", "0.00135"},
      {"up_down", "0.259359"},
      {"w_max", "1"},
      {"w_min", "-1"},
      {"a", "-0.5"},
      {"b", "-0.5"},
      {"gamma_up", "5"},
      {"gamma_down", "5"},
      {"a_up", "-1.18445"},
      {"a_down", "-0.081404"},
      {"spread.slope", "0.2"},
      {"spread.slope_correlation", "1"},
      {"spread.asymmetry", "0.05"},
      {"spread.window", "0.15"},
      {"write_noise.kind", "multiplicative"},
      {"write_noise.sigma", "5"},
      {"write_noise.hidden_std", "0.050625"}}},  // 75 steps of 2
    {"reram-sb",
     {{"law", "soft_bounds_reference"},
      {"dw_min", "0.002"},
      {"w_max", "1.25"},
      {"w_min", "-0.75"},
      {"up_down", "0"},
      {"spread.slope", "0.3"},
      {"spread.asymmetry", "0.01"},
      {"spread.window_high", "0.12"},  // 0.3 of 2.5
      {"write_noise.kind", "per_pulse"},
      {"write_noise.c2c", "0.003"},            // 3.75 steps of 2.5
      {"write_noise.hidden_std", "0.0448"}}},  // 56 steps
    {"reram-array-om",
     {{"law", "soft_bounds_reference"},
      {"dw_min", "0.0949"},
      {"w_max", "1"},
      {"w_min", "-1"},
      {"subtract_symmetry_point", "true"},
      {"spread.distribution", "log_normal"},
      {"spread.slope", "0.7829"},
      {"spread.asymmetry", "0.01"},
      {"spread.window_high", "0.17495"},
      {"spread.window_low", "0.28475"},          // half of the dtod
      {"write_noise.c2c", "0.0197297"},          // 0.4158 steps of 2
      {"write_noise.hidden_std", "0.066966"}}},  // 1.4113 steps
    {"reram-array-hfo2",
     {{"law", "soft_bounds_reference"},
      {"dw_min", "0.4622"},
      {"w_max", "1"},
      {"w_min", "-1"},
      {"subtract_symmetry_point", "true"},
      {"spread.distribution", "log_normal"},
      {"spread.slope", "0.7125"},
      {"spread.asymmetry", "0.01"},
      {"spread.window_high", "0.21475"},
      {"spread.window_low", "0.2995"},
      {"write_noise.c2c", "0.0502411"},           // 0.2174 steps of 2
      {"write_noise.hidden_std", "0.1349855"}}},  // 0.5841 steps
    {"capacitor",
     {{"law", "linear_step"},
      {"dw_min", "0.005"},
      {"w_max", "1"},
      {"w_min", "-1"},
      {"gamma_up", "0.05"},
      {"gamma_down", "0.05"},
      {"spread.slope", "0.1"},
      {"spread.asymmetry", "0.06"},
      {"spread.window", "0.035"},
      {"spread.nonlinearity", "0.2"},  // 0.01 of 0.05
      {"write_noise.c2c", "0.00075"},
      {"retention.lifetime_s", "1e6"},
      {"retention.lifetime_spread", "0.3"}}},
    {"ecram",
     {{"law", "linear_step"},
      {"dw_min", "0.002"},
      {"w_max", "1.1724"},
      {"w_min", "-0.8276"},
      {"gamma_up", "0.1153"},
      {"gamma_down", "0.5085"},
      {"spread.slope", "0.1"},
      {"spread.asymmetry", "0.01"},
      {"write_noise.kind", "multiplicative"},
      {"write_noise.sigma", "0.3"},
      {"spread.window_high", "0.025"}}},
    {"ecram-mo",
     {{"law", "linear_step"},
      {"dw_min", "2.8214e-4"},
      {"w_max", "1.1714"},
      {"w_min", "-0.8286"},
      {"gamma_up", "0.4152"},
      {"gamma_down", "0.7342"},
      {"spread.slope", "0.1"},
      {"spread.asymmetry", "0.01"},
      {"write_noise.kind", "multiplicative"},
      {"write_noise.sigma", "2"}}},
    {"idealized",
     {{"law", "constant_step"},
      {"dw_min", "0.0002"},
      {"w_max", "1"},
      {"w_min", "-1"},
      {"spread.slope", "0.3"},
      {"spread.asymmetry", "0"},
      {"spread.window", "0.15"},
      {"write_noise.sigma", "0.3"}}},
    {"gokmen-vlasov",
     {{"law", "constant_step"},
      {"dw_min", "0.0016"},
      {"w_max", "1"},
      {"w_min", "-1"},
      {"spread.slope", "0.3"},
      {"spread.asymmetry", "0.01"},
      {"spread.window", "0.15"},
      {"write_noise.kind", "multiplicative"},
      {"write_noise.sigma", "0.3"}}},
    {"pcm",
     {{"law", "exp_step"},
      {"dw_min", "0.01"},
      {"w_max", "2"},
      {"w_min", "0"},
      {"a", "-1"},
      {"b", "0"},
      {"gamma_up", "2.5"},
      {"gamma_down", "2.5"},
      {"a_up", "-27.235"},
      {"a_down", "-2.235"},
      {"spread.slope", "0.2"},
      {"spread.asymmetry", "0.05"},
      {"spread.window_high", "0.1"},
      {"write_noise.kind", "state_dependent"},
      {"write_noise.sigma", "0.6"},
      {"write_noise.add", "0.021"},  // 0.042 of 2
      {"write_noise.slope", "0.108"}}}};

TEST(PresetDevices, HaveTheNumbersOfAihwkit) {
  for (Source const& source : aihwkit_devices) expect_numbers(source);
}

/// Devices after programming, aihwkit's inference noise models: the models' own coefficients are
/// devicemodels' tests'.
TEST(PresetDevices, AreProgrammedAndDriftAsAihwkitHasThem) {
  for (Source const& source : std::vector<Source>{
           {"pcm-nandakumar", {{"programming.model", "pcm"}, {"retention.drift", "pcm"}}},
           {"pcm-hermes-1", {{"programming.model", "hermes_1"}, {"retention.drift", "hermes_1"}}},
           {"pcm-hermes-2", {{"programming.model", "hermes_2"}, {"retention.drift", "hermes_2"}}},
           {"reram-wan", {{"programming.model", "reram_wan_1s"}, {"retention.drift", "off"}}},
           {"reram-cmo",
            {{"programming.model", "reram_cmo_tight"},
             {"retention.drift", "reram_cmo"},
             {"on_off_ratio", "9.8"}}}}) {  // 88.2 uS over 9
    expect_numbers(source);
  }
}

/// A row of NeuroSim's table of devices.
struct NeuroSimRow {
  std::string preset;
  double states;
  double label_up;
  double label_down;
  double on_ohm;
  double on_off;
  double c2c;
};

TEST(PresetDevices, HaveTheNumbersOfNeuroSim) {
  for (NeuroSimRow const& row : {NeuroSimRow{"ag-a-si", 97, 2.4, -4.88, 26e6, 12.5, 0.035},
                                 NeuroSimRow{"taox-tio2", 102, 1.85, -1.79, 5e6, 2, 0.01},
                                 NeuroSimRow{"taox-hfox", 128, 0.04, -0.63, 1e5, 10, 0.037},
                                 NeuroSimRow{"pcmo", 50, 3.68, -6.76, 23e6, 6.84, 0.01},
                                 NeuroSimRow{"alox-hfo2", 40, 1.94, -0.61, 16.9e3, 4.43, 0.05},
                                 NeuroSimRow{"gst-pcm", 110, 0.105, 2.4, 4.71e3, 19.8, 0.015},
                                 NeuroSimRow{"epiram", 64, 0.5, -0.5, 81e3, 50.2, 0.02},
                                 NeuroSimRow{"hzo-fefet", 32, 1.75, 1.46, 559.28e3, 45, 0.005}}) {
    expect_numbers({row.preset,
                    {{"law", "exponential"},
                     {"label_up", std::to_string(row.label_up)},
                     {"label_down", std::to_string(row.label_down)},
                     {"on_off_ratio", std::to_string(row.on_off)},
                     {"write_noise.kind", "per_pulse"},
                     {"write_noise.c2c", std::to_string(row.c2c)},
                     {"write_noise.c2c_pulses", std::to_string(row.states)}}});
    double const g_max = std::stod(device_values(row.preset).at("g_max"));
    EXPECT_NEAR(g_max * row.on_ohm, 1.0, 5e-4) << row.preset;
  }
}

}  // namespace
}  // namespace panther
