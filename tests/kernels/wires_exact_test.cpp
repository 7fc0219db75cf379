// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The exact solver of crossbars with resistive wires: published numbers, closed forms, the nodal
// equations, and what holds for every network of resistors.

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tests/support/wires.hpp"

namespace panther::test {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
// A few hundred roundings of 1.1e-16, no cancellation.
constexpr double near_exact = 1e-12;

/// The example of badcrossbar's documentation (resistances in ohm, three sets of inputs in volts).
WiredArray published_example(double wire_ohm, int set) {
  constexpr double ohms[] = {345, 903, 755, 257, 646, 652, 401, 508,
                             166, 454, 442, 874, 190, 244, 635};
  constexpr double inputs[3][3] = {{1.5, 2.3, 1.7}, {4.1, 4.5, 4.0}, {2.6, 1.1, 3.3}};
  WiredArray array;
  array.params = {.word_ohm = wire_ohm, .bit_ohm = wire_ohm};
  array.rows = 3;
  array.cols = 5;
  for (double const ohm : ohms) array.siemens.push_back(1.0 / ohm);
  array.volts.assign(inputs[set - 1], inputs[set - 1] + 3);
  return array;
}

// Golden values: an independent dense solver of the same nodal equations, printed to seven digits;
// the device current at 0.5 ohm, set 3 is published as 0.00986 A.
TEST(ExactWires, GiveThePublishedCurrents) {
  struct Golden {
    double wire_ohm;
    int set;
    double milliampere[5];
  };
  constexpr Golden table[] = {{0.0, 1, {11.721587, 9.341871, 15.461682, 26.659211, 10.065226}},
                              {0.5, 1, {11.585025, 9.190642, 15.115681, 25.833208, 9.811793}},
                              {0.5, 2, {27.511479, 20.013673, 34.555728, 57.632858, 21.998285}},
                              {5.0, 1, {10.539401, 8.081443, 12.614164, 20.068512, 8.008539}},
                              {50.0, 1, {6.100432, 4.179766, 4.900040, 5.421412, 2.839515}}};
  for (Golden const& golden : table) {
    WiredArray const array = published_example(golden.wire_ohm, golden.set);
    std::vector<double> const ampere = array.exact().solve(array.volts).sensed_ampere;
    for (std::size_t j = 0; j < 5; ++j) {
      EXPECT_NEAR(1e3 * ampere[j], golden.milliampere[j], 6e-7)
          << golden.wire_ohm << " ohm, set " << golden.set << ", column " << j;
    }
  }
  constexpr double device[][2] = {{0.5, 9.856198}, {5.0, 7.985747}, {50.0, 2.581397}};
  for (auto const& [wire_ohm, milliampere] : device) {
    WiredArray const array = published_example(wire_ohm, 3);
    EXPECT_NEAR(1e3 * array.exact().solve(array.volts).device_ampere[3], milliampere, 6e-7);
  }
}

TEST(ExactWires, OneDeviceIsADivider) {
  for (EndSegment const segment : {EndSegment::whole, EndSegment::none}) {
    for (LineEnds const ends : {LineEnds::one, LineEnds::both}) {
      WiredArray array;
      array.params = {3.0, 5.0, 7.0, 11.0, ends, ends, segment};
      array.siemens = {0.01};
      array.volts = {2.0};
      bool const whole = segment == EndSegment::whole;
      double const parallel = ends == LineEnds::both ? 0.5 : 1.0;
      double const ohm = 100.0 + parallel * (7.0 + 11.0 + (whole ? 3.0 + 5.0 : 0.0));
      WireSolution const solution = array.exact().solve(array.volts);
      EXPECT_NEAR(solution.sensed_ampere[0], 2.0 / ohm, near_exact * 2.0 / ohm);
      EXPECT_NEAR(solution.device_ampere[0], 2.0 / ohm, near_exact * 2.0 / ohm);
    }
  }
}

TEST(ExactWires, SolveTheNodalEquations) {
  Random random(1);
  for (int trial = 0; trial < trials(60); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    WiredArray const array =
        random_array(random, random.whole(1, 7), random.whole(1, 7), decades(random, -1.0, 4.0));
    std::vector<double> const expected = NodalEquations(array).sensed_currents();
    std::vector<double> const found = array.exact().solve(array.volts).sensed_ampere;
    // The dense solver loses digits where wires conduct better than devices: 1e6 times at most.
    double const tolerance = 1e-8 * sum_of_magnitudes(expected);
    for (std::size_t j = 0; j < expected.size(); ++j) {
      EXPECT_NEAR(found[j], expected[j], tolerance) << "line " << j;
    }
  }
}

TEST(ExactWires, WithoutResistanceAreAProduct) {
  Random random(2);
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    WiredArray array = random_array(random, 9, 5, 1.0);
    array.driven = driven;
    array.volts.resize(static_cast<std::size_t>(array.driven_lines()), 0.25);
    array.params = {0.0, 0.0};
    ExactWires const exact = array.exact();
    EXPECT_EQ(exact.effective(), array.siemens);
    WireSolution const solution = exact.solve(array.volts);
    for (std::size_t i = 0; i < array.siemens.size(); ++i) {
      double const volt = array.volts[driven == Driven::rows ? i / 5 : i % 5];
      EXPECT_EQ(driven == Driven::rows ? solution.word_volt[i] : solution.bit_volt[i], volt);
    }
  }
}

// Wires of no resistance are the limit of wires of little: the error is of first order in it.
TEST(ExactWires, TakeZeroResistanceAsTheLimit) {
  Random random(3);
  for (int which = 0; which < 2; ++which) {
    WiredArray array = random_array(random, 6, 8, 100.0);
    (which == 0 ? array.params.word_ohm : array.params.bit_ohm) = 0.0;
    std::vector<double> const limit = array.exact().effective();
    for (double const ohm : {1e-3, 1e-9}) {
      (which == 0 ? array.params.word_ohm : array.params.bit_ohm) = ohm;
      std::vector<double> const near = array.exact().effective();
      for (std::size_t i = 0; i < limit.size(); ++i) {
        EXPECT_NEAR(near[i], limit[i], limit[i] * (1e-1 * ohm + near_exact));
      }
    }
  }
}

TEST(ExactWires, TakeOpenAndShortedDevices) {
  Random random(4);
  WiredArray array = random_array(random, 5, 4, 1000.0);
  array.siemens[6] = 0.0;
  array.siemens[9] = infinite;
  WireSolution const shorted = array.exact().solve(array.volts);
  EXPECT_EQ(shorted.device_ampere[6], 0.0);
  EXPECT_EQ(shorted.word_volt[9], shorted.bit_volt[9]);
  EXPECT_TRUE(std::isnan(shorted.device_ampere[9]));
  array.siemens[9] = 1e6;
  std::vector<double> const conducting = array.exact().solve(array.volts).sensed_ampere;
  for (std::size_t j = 0; j < conducting.size(); ++j) {
    EXPECT_NEAR(shorted.sensed_ampere[j], conducting[j], 1e-6 * sum_of_magnitudes(conducting));
  }
}

// Without segments only the cells at the terminals are left; without a first segment, none.
TEST(ExactWires, TakeBrokenWires) {
  WiredArray array;
  array.rows = 3;
  array.cols = 4;
  array.siemens.assign(12, 1e-3);
  array.volts = {1.0, 2.0, 3.0};
  array.params = {.word_ohm = infinite, .bit_ohm = infinite, .end_segment = EndSegment::none};
  WireSolution const solution = array.exact().solve(array.volts);
  EXPECT_EQ(solution.sensed_ampere, (std::vector<double>{3e-3, 0.0, 0.0, 0.0}));
  array.params.end_segment = EndSegment::whole;
  EXPECT_EQ(array.exact().solve(array.volts).sensed_ampere, std::vector<double>(4, 0.0));
}

TEST(ExactWires, AreReciprocal) {
  Random random(5);
  for (int trial = 0; trial < trials(20); ++trial) {
    WiredArray array =
        random_array(random, random.whole(1, 12), random.whole(1, 12), decades(random, 0.0, 5.0));
    array.params.sense_ohm = array.params.driver_ohm;
    array.params.senses = array.params.drivers;
    array.driven = Driven::rows;
    std::vector<double> const rows = array.exact().effective();
    array.driven = Driven::columns;
    EXPECT_EQ(array.exact().effective(), rows);
  }
}

TEST(ExactWires, SuperposeInputsAndKeepCharge) {
  Random random(6);
  for (int trial = 0; trial < trials(20); ++trial) {
    WiredArray array =
        random_array(random, random.whole(1, 12), random.whole(1, 12), decades(random, 0.0, 5.0));
    ExactWires const exact = array.exact();
    std::vector<double> total(static_cast<std::size_t>(array.sensed_lines()), 0.0);
    for (std::size_t line = 0; line < array.volts.size(); ++line) {
      std::vector<double> one(array.volts.size(), 0.0);
      one[line] = array.volts[line];
      std::vector<double> const part = exact.solve(one).sensed_ampere;
      for (std::size_t j = 0; j < total.size(); ++j) total[j] += part[j];
    }
    WireSolution const solution = exact.solve(array.volts);
    double const scale = sum_of_magnitudes(solution.device_ampere);
    for (std::size_t j = 0; j < total.size(); ++j) {
      EXPECT_NEAR(solution.sensed_ampere[j], total[j], near_exact * scale);
      // The sensed current is what the line's devices bring.
      double brought = 0.0;
      for (int k = 0; k < array.driven_lines(); ++k) {
        auto const line = static_cast<int>(j);
        int const cell =
            array.driven == Driven::rows ? k * array.cols + line : line * array.cols + k;
        brought += solution.device_ampere[static_cast<std::size_t>(cell)];
      }
      double const sign = array.driven == Driven::rows ? 1.0 : -1.0;
      // The difference of nearly equal voltages loses what wires conduct better than devices.
      EXPECT_NEAR(solution.sensed_ampere[j], sign * brought, 1e-9 * scale);
    }
  }
}

// More resistance anywhere never raises the total current of non-negative inputs (Rayleigh).
TEST(ExactWires, ConductLessWithMoreResistance) {
  Random random(7);
  for (int trial = 0; trial < trials(20); ++trial) {
    WiredArray array = random_array(random, random.whole(1, 12), random.whole(1, 12), 1.0);
    double before = infinite;
    for (double const ohm : {0.0, 1e-3, 1.0, 1e2, 1e4, 1e6, 1e9}) {
      (trial % 2 == 0 ? array.params.word_ohm : array.params.bit_ohm) = ohm;
      double const total = sum_of_magnitudes(array.exact().effective());
      EXPECT_LT(total, before * (1.0 + near_exact));
      EXPECT_GT(total, 0.0);
      before = total;
    }
  }
}

TEST(ExactWires, RefuseWhatIsNoCircuit) {
  auto const build = [](WireParams const& params, std::vector<double> const& siemens) {
    return ExactWires(circuit_of(params, Driven::rows), 1, 2, siemens);
  };
  EXPECT_THROW(build({}, {1.0}), std::invalid_argument);
  EXPECT_THROW(build({}, {1.0, -1.0}), std::invalid_argument);
  EXPECT_THROW(build({}, {1.0, std::nan("")}), std::invalid_argument);
  EXPECT_THROW(build({.word_ohm = -1.0}, {1.0, 1.0}), std::invalid_argument);
  EXPECT_THROW(build({.word_ohm = 0.0, .bit_ohm = 0.0}, {1.0, infinite}), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(build({}, {1.0, 1.0}).solve(std::vector<double>(2, 1.0))),
               std::invalid_argument);
}

}  // namespace
}  // namespace panther::test
