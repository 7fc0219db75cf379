// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Files of look-up tables, and what the law makes of their content.

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>

#include "devicemodels/cell.hpp"
#include "devicemodels/models/exponential.hpp"
#include "devicemodels/models/lookup.hpp"

namespace panther::test {
namespace {

LookupTable parsed(std::string const& text) {
  std::istringstream in(text);
  return detail::LookupTableReader(in, "file.csv").read();
}

/// Two conductances, two quantiles, one device.
std::string small_table() {
  return "panther look-up table,1\n# made by hand\nsource,by hand, twice\nunit,S\n"
         "conductance,1e-6,3e-6,2\nlevels,2\ntables,1\n"
         "set,0\n1e-8,2e-8\n3e-8,4e-8\nreset,0\n-3e-8,-2e-8\n-1e-8,0\n";
}

TEST(LookupTable, IsReadAsItIsWritten) {
  LookupTable const table = parsed(small_table());
  EXPECT_EQ(table.source, "by hand, twice");
  EXPECT_EQ(table.unit, "S");
  EXPECT_EQ(table.first, 1e-6);
  EXPECT_EQ(table.last, 3e-6);
  ASSERT_EQ(table.devices.size(), 1U);
  EXPECT_EQ(table.devices[0].set, (std::vector<double>{1e-8, 2e-8, 3e-8, 4e-8}));
  EXPECT_EQ(table.devices[0].reset, (std::vector<double>{-3e-8, -2e-8, -1e-8, 0}));
  LookupTable const again = parsed(lookup_table_text(table));
  EXPECT_EQ(lookup_table_text(again), lookup_table_text(table));
  EXPECT_EQ(again.devices[0].set, table.devices[0].set);
}

/// Each fault with the words that its message must have.
TEST(LookupTable, FaultsAreNamedWithLineFieldValueAndWhatIsAllowed) {
  struct Fault {
    std::string from;
    std::string to;
    std::vector<std::string> words;
  };
  std::vector<Fault> const faults = {
      {"panther look-up table,1", "panther look-up table,2", {"line 1", "panther look-up table,1"}},
      {"unit,S\n", "", {"line 4", "\"unit,...\""}},
      {"3e-6,2\n", "1e-6,2\n", {"line 5", "last conductance = 1e-6", "above the first"}},
      {"3e-6,2\n", "3e-6,1\n", {"line 5", "conductances = 1", "[2, 4096]"}},
      {"levels,2", "levels,2.5", {"line 6", "levels = 2.5", "whole number"}},
      {"tables,1", "tables,500", {"line 7", "tables = 500", "[1, 128]"}},
      {"3e-8,4e-8", "3e-8,nan", {"line 10", "field 2 = nan", "finite number"}},
      {"3e-8,4e-8", "3e-8,", {"line 10", "field 2 = nothing", "finite number"}},
      {"3e-8,4e-8", "3e-8", {"line 10", "fields = 1", "2, one a conductance"}},
      {"reset,0", "reset,1", {"line 11", "reset = 1", "must be 0"}},
      {"-1e-8,0\n", "", {"line 13", "reset 0 = 1 lines", "2 lines"}},
      {"-1e-8,0\n", "-1e-8,0\n7\n", {"line 14", "line = 7", "end of the file"}}};
  for (Fault const& fault : faults) {
    std::string text = small_table();
    text.replace(text.find(fault.from), fault.from.size(), fault.to);
    try {
      parsed(text);
      ADD_FAILURE() << fault.to << " is taken";
    } catch (std::invalid_argument const& error) {
      std::string const message = error.what();
      EXPECT_NE(message.find("file.csv"), std::string::npos) << message;
      for (std::string const& word : fault.words) {
        EXPECT_NE(message.find(word), std::string::npos) << message << "\nlacks " << word;
      }
    }
  }
}

/// Windows and directions that make no sense.
TEST(LookupLaw, RefusesWindowsAndDirectionsThatMakeNoSense) {
  Lookup::Params params;
  params.window_min = 0.5;
  params.window_max = 0.5;
  EXPECT_THROW(Lookup::prepare(params, 6), std::invalid_argument);
  params = {};
  params.tables = 5;
  EXPECT_THROW(Lookup::table(params), std::invalid_argument);
  params = {};
  params.file = "no such file.csv";
  EXPECT_THROW(Lookup::table(params), std::invalid_argument);
  LookupTable turned = parsed(small_table());
  std::swap(turned.devices[0].set, turned.devices[0].reset);
  EXPECT_THROW(Lookup::table({}, turned), std::invalid_argument);
}

/// The example's mean changes are those of the exponential law; alpha 3 for the first device.
TEST(LookupLaw, MeanChangesAreTheTablesOwn) {
  Lookup::Params params;
  params.window_min = 0.0;
  params.window_max = 1.0;
  params.pulses = 100.0;
  PreparedLaw<Lookup> const law(params, 16);
  Exponential::Params curve;
  curve.alpha_up = curve.alpha_down = 3.0;
  PreparedLaw<Exponential> const formula(curve, 16);
  auto const range = static_cast<float>(window_range(16));
  Traits const nominal = nominal_traits(range);
  for (Direction const direction : {Direction::up, Direction::down}) {
    for (int cell = 0; cell < Lookup::columns; ++cell) {
      float const position = range * (static_cast<float>(cell) + 0.5F) / Lookup::columns;
      // A pulse is 1/100 of the window, 655.35 steps of 65535.
      float const looked_up = Lookup::expected(law, nominal, position, 655.35F, direction);
      float const computed = Exponential::moved(formula, nominal, position, 655.35F, direction);
      EXPECT_NEAR(looked_up, computed, 1e-3 * std::abs(computed)) << cell;
    }
  }
}

/// Without `pulses` the mean over the window is the request; with them, as many pulses are given.
TEST(LookupLaw, PulsesScaleTheRequest) {
  auto const range = static_cast<float>(window_range(6));
  auto const mean_change = [&](Lookup::Params const& params) {
    PreparedLaw<Lookup> const law(params, 6);
    double sum = 0.0;
    for (int cell = 0; cell < Lookup::columns; ++cell) {
      float const position = range * (static_cast<float>(cell) + 0.5F) / Lookup::columns;
      sum += Lookup::expected(law, nominal_traits(range), position, 1.0F, Direction::up);
    }
    return sum / Lookup::columns;
  };
  EXPECT_NEAR(mean_change({}), 1024.0, 0.01);
  Lookup::Params params;
  params.pulses = 50.0;
  double const half = mean_change(params);
  params.pulses = 100.0;
  EXPECT_NEAR(mean_change(params), 2.0 * half, 0.01);
  EXPECT_GT(std::abs(half - 512.0), 10.0);
  params.nonlinearity = false;
  EXPECT_THROW(Lookup::prepare(params, 6), std::invalid_argument);
}

/// A calibrated write: mean changes do not depend on the conductance, noise is that of the pulses
/// that it takes there.
TEST(LookupLaw, CalibratedWritesTakeThePulsesOfTheirPlace) {
  Lookup::Params params;
  params.nonlinearity = false;
  PreparedLaw<Lookup> const calibrated(params, 6);
  PreparedLaw<Lookup> const plain({}, 6);
  auto const range = static_cast<float>(window_range(6));
  Traits const nominal = nominal_traits(range);
  for (float const position : {0.05F * range, 0.5F * range, 0.95F * range}) {
    float const mean = Lookup::expected(calibrated, nominal, position, 2.0F, Direction::up);
    EXPECT_NEAR(mean, 2048.0F, 0.01F);
    float const usual = Lookup::expected(plain, nominal, position, 2.0F, Direction::up);
    float const drawn =
        Lookup::moved(calibrated, nominal, position, 2.0F, Direction::up, 0.9F) - mean;
    float const usually =
        Lookup::moved(plain, nominal, position, 2.0F, Direction::up, 0.9F) - usual;
    EXPECT_NEAR(drawn, usually * std::sqrt(mean / usual), 0.01F * std::abs(usually));
  }
}

}  // namespace
}  // namespace panther::test
