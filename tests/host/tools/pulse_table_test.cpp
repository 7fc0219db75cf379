// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Tables of measured pulse trains: what is read, and what every mistake is answered with.
#include "host/tools/pulse_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/base/errors.hpp"

namespace panther {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;

PulseTable table(std::string const& text) { return parse_pulse_table(text, "pulses.csv"); }

/// What the table is refused with; empty if it is not.
std::string refusal(std::string const& text) {
  try {
    table(text);
  } catch (UserError const& error) {
    return error.what();
  }
  return {};
}

std::string const header = "device,pulse,polarity,conductance_uS\n";

TEST(PulseTable, TrainsOfSeveralDevices) {
  PulseTable const found =
      table("# a comment\n\n" + header +
            "A,0,up,1\nB,0,up,2.5\nA,1,up,1.5\nB,1,up,3\n# between\nA,2,up,1.75\nA,1,down,1.25\n"
            "A,2,down,1\nA,0,up,1.125\nA,1,up,1.5\n");
  EXPECT_THAT(found.devices, ElementsAre("A", "B"));
  ASSERT_EQ(found.trains.size(), 4U);
  EXPECT_TRUE(found.in_siemens);
  EXPECT_EQ(found.unit, "uS");
  EXPECT_THAT(found.trains[0].conductance,
              ElementsAre(DoubleEq(1e-6), DoubleEq(1.5e-6), DoubleEq(1.75e-6)));
  EXPECT_EQ(found.trains[1].device, 1U);
  EXPECT_EQ(found.trains[2].direction, Direction::down);
  EXPECT_THAT(found.trains[2].conductance,
              ElementsAre(DoubleEq(1.75e-6), DoubleEq(1.25e-6), DoubleEq(1e-6)))
      << "goes on from the last conductance";
  EXPECT_THAT(found.trains[3].conductance, ElementsAre(1.125e-6, 1.5e-6)) << "pulse 0 begins anew";
  EXPECT_EQ(found.trains[3].line, 12);
}

TEST(PulseTable, CountsMayGoOnAfterATurnAndStartAtOne) {
  PulseTable const found = table(header + "A,1,set,1\nA,2,set,2\nA,3,reset,1.5\nA,4,reset,1\n");
  ASSERT_EQ(found.trains.size(), 2U);
  EXPECT_THAT(found.trains[0].conductance, ElementsAre(DoubleEq(1e-6), DoubleEq(2e-6)));
  EXPECT_THAT(found.trains[1].conductance, ElementsAre(2e-6, 1.5e-6, 1e-6));
}

TEST(PulseTable, UnitsAndColumnOrder) {
  auto const first = [](std::string const& name, std::string const& value) {
    return table("polarity," + name + ",pulse,device\nup," + value + ",0,x\nup," + value + ",1,x\n")
        .trains[0]
        .conductance[0];
  };
  EXPECT_DOUBLE_EQ(first("conductance [S]", "2e-6"), 2e-6);
  EXPECT_DOUBLE_EQ(first("Conductance (mS)", "0.25"), 0.25e-3);
  EXPECT_DOUBLE_EQ(first("conductance_nS", "+3"), 3e-9);
  EXPECT_DOUBLE_EQ(first("conductance [\u00b5S]", "3"), 3e-6);
  EXPECT_DOUBLE_EQ(first("\"conductance_pS\"", "\"7\""), 7e-12);
  EXPECT_DOUBLE_EQ(first("conductance_window", "-0.01"), -0.01);
}

TEST(PulseTable, LinesOfOtherSystems) {
  PulseTable const found = table(
      "\xEF\xBB\xBF"
      "device , pulse, polarity, conductance_uS\r\nA, 0, LTP, 1\r\nA, 1, LTP, 2\r\n");
  EXPECT_THAT(found.trains[0].conductance, ElementsAre(DoubleEq(1e-6), DoubleEq(2e-6)));
}

TEST(PulseTable, RefusesWrongHeaders) {
  EXPECT_THAT(refusal(""), HasSubstr("no header"));
  EXPECT_THAT(refusal("device;pulse;polarity;conductance_uS\n"), HasSubstr("no comma"));
  EXPECT_THAT(refusal("device,puls,polarity,conductance_uS\n"),
              testing::AllOf(HasSubstr("pulses.csv, line 1"), HasSubstr("unknown column 'puls'"),
                             HasSubstr("did you mean 'pulse'")));
  EXPECT_THAT(refusal("device,pulse,polarity,conductance\n"), HasSubstr("names no unit"));
  EXPECT_THAT(refusal("device,pulse,polarity,conductance_Ohm\n"),
              testing::AllOf(HasSubstr("unknown unit 'Ohm'"), HasSubstr("S, mS, uS, nS")));
  EXPECT_THAT(refusal("device,pulse,conductance_uS\n"), HasSubstr("no column 'polarity'"));
  EXPECT_THAT(refusal("device,pulse,pulse,polarity,conductance_uS\n"), HasSubstr("stands twice"));
}

TEST(PulseTable, RefusesWrongRows) {
  auto const row = [](std::string const& text) { return refusal(header + "A,0,up,1\n" + text); };
  EXPECT_THAT(row("A,1,up,nan\n"),
              testing::AllOf(HasSubstr("pulses.csv, line 3"), HasSubstr("'conductance_uS'"),
                             HasSubstr("'nan'"), HasSubstr("not finite")));
  EXPECT_THAT(row("A,1,up,inf\n"), HasSubstr("not finite"));
  EXPECT_THAT(row("A,1,up,\n"), HasSubstr("is empty"));
  EXPECT_THAT(row("A,1,up,1e-6x\n"), HasSubstr("'1e-6x' is not a number"));
  EXPECT_THAT(row("A,1,up,-1\n"), HasSubstr("is negative"));
  EXPECT_THAT(row("A,1.5,up,1\n"), HasSubstr("'1.5' is not a whole number"));
  EXPECT_THAT(row("A,-1,up,1\n"), HasSubstr("is negative"));
  EXPECT_THAT(row("A,1,upward,1\n"),
              testing::AllOf(HasSubstr("'upward' is no polarity"), HasSubstr("reset")));
  EXPECT_THAT(row("A,1,up\n"), HasSubstr("3 values (the header has 4 columns)"));
  EXPECT_THAT(row(",1,up,1\n"), HasSubstr("must be a name"));
  EXPECT_THAT(row("A,2,up,1\n"), testing::AllOf(HasSubstr("'2' follows pulse 0 of device 'A'"),
                                                HasSubstr("must be 1")));
  EXPECT_THAT(row("A,3,down,1\n"), HasSubstr("or 1 for a new train"));
  EXPECT_THAT(refusal(header + "A,0,up,1\nB,0,up,1\n"), HasSubstr("no train"));
  EXPECT_THAT(refusal("device,pulse,polarity,conductance_window\nA,0,up,1\nA,1,up,51\n"),
              HasSubstr("far outside the window"));
}

TEST(PulseTable, ItsTextReadsBack) {
  PulseTable const found = table(header + "A,0,up,1\nA,1,up,2.5\nA,0,down,2\nA,1,down,0.125\n");
  PulseTable const again = table(pulse_table_text(found));
  EXPECT_EQ(again.devices, found.devices);
  ASSERT_EQ(again.trains.size(), found.trains.size());
  for (std::size_t i = 0; i < found.trains.size(); ++i) {
    EXPECT_EQ(again.trains[i].conductance, found.trains[i].conductance);
    EXPECT_EQ(again.trains[i].direction, found.trains[i].direction);
  }
}

TEST(PulseTable, NamesTheFileThatIsMissing) {
  try {
    read_pulse_table("/nowhere/pulses.csv");
    FAIL();
  } catch (UserError const& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/pulses.csv"));
  }
}

}  // namespace
}  // namespace panther
