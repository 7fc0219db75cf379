// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Laws of the iterative solver and of the first-order model of resistive wires, on every backend,
// against the exact solver; and of what is seen between two looks at them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "kernels/wires/follow.hpp"
#include "kernels/wires/solve.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/wires.hpp"

namespace panther::test {
namespace {

constexpr double tolerance = 1e-9;

/// Crossbars of one circuit on a backend.
struct Batch {
  WireCircuit circuit{};
  int rows = 1;
  int cols = 1;
  int crossbars = 1;
  int inputs = 1;
  std::vector<double> siemens;
  std::vector<double> volts;  // empty: unit vectors
  int iterations = 20000;
};

struct Solved {
  std::vector<double> amperes;
  std::vector<WireOutcome> outcomes;
  std::vector<double> device_amperes;
};

Solved solve(Backend& backend, Batch const& batch) {
  auto const vectors =
      static_cast<std::size_t>(batch.crossbars) * static_cast<std::size_t>(batch.inputs);
  bool const by_rows = batch.circuit.driven == Driven::rows;
  DeviceArray<double> const siemens(backend, batch.siemens);
  DeviceArray<double> const volts(backend, batch.volts);
  DeviceArray<double> amperes(
      backend, vectors * static_cast<std::size_t>(by_rows ? batch.cols : batch.rows));
  DeviceArray<WireOutcome> outcomes(backend, vectors);
  DeviceArray<double> devices(backend, vectors * static_cast<std::size_t>(batch.rows * batch.cols));
  backend.solve_wires({.circuit = batch.circuit,
                       .siemens = siemens.data(),
                       .volts = batch.volts.empty() ? nullptr : volts.data(),
                       .amperes = amperes.data(),
                       .outcomes = outcomes.data(),
                       .device_amperes = devices.data(),
                       .crossbars = batch.crossbars,
                       .rows = batch.rows,
                       .cols = batch.cols,
                       .inputs = batch.inputs,
                       .tolerance = tolerance,
                       .iterations = batch.iterations});
  return {amperes.download(), outcomes.download(), devices.download()};
}

Batch batch_of(WiredArray const& array) {
  return {array.circuit(), array.rows, array.cols, 1, 1, array.siemens, array.volts};
}

Batch random_batch(Random& random) {
  WiredArray const first =
      random_array(random, random.whole(1, 20), random.whole(1, 20), decades(random, -3.0, 4.0));
  Batch batch = batch_of(first);
  batch.crossbars = random.whole(1, 3);
  batch.inputs = random.whole(1, 11);
  batch.siemens.clear();
  batch.volts.clear();
  for (int i = 0; i < batch.crossbars * first.rows * first.cols; ++i) {
    batch.siemens.push_back(random.chance(0.1) ? 0.0 : decades(random, -6.0, -4.0));
  }
  for (int i = 0; i < batch.crossbars * batch.inputs * first.driven_lines(); ++i) {
    batch.volts.push_back(random.real(-1.0, 1.0));
  }
  return batch;
}

/// Crossbars that share their wires and differ in devices and inputs, solved as one batch: the
/// error of all sensed currents of each is within the stated tolerance.
void expect_solved(Backend& backend, std::vector<WiredArray> const& arrays) {
  Batch batch = batch_of(arrays.front());
  batch.crossbars = static_cast<int>(arrays.size());
  for (std::size_t i = 1; i < arrays.size(); ++i) {
    batch.siemens.insert(batch.siemens.end(), arrays[i].siemens.begin(), arrays[i].siemens.end());
    batch.volts.insert(batch.volts.end(), arrays[i].volts.begin(), arrays[i].volts.end());
  }
  Solved const solved = solve(backend, batch);
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    WireSolution const exact = arrays[i].exact().solve(arrays[i].volts);
    ASSERT_EQ(solved.outcomes[i].converged, 1) << "stray " << solved.outcomes[i].mismatch;
    EXPECT_LE(solved.outcomes[i].mismatch, tolerance);
    double error = 0.0;
    std::size_t const sensed = exact.sensed_ampere.size();
    for (std::size_t j = 0; j < sensed; ++j) {
      error += std::abs(solved.amperes[i * sensed + j] - exact.sensed_ampere[j]);
    }
    // Twice: the sum of device currents is that of the solution found. 1e-12: rounding.
    EXPECT_LE(error, (2.0 * tolerance + 1e-12) * sum_of_magnitudes(exact.device_ampere))
        << "crossbar " << i;
  }
}

void expect_same(Solved const& found, Solved const& expected) {
  EXPECT_EQ(found.amperes, expected.amperes);
  EXPECT_EQ(found.device_amperes, expected.device_amperes);
  for (std::size_t i = 0; i < found.outcomes.size(); ++i) {
    EXPECT_EQ(found.outcomes[i].iterations, expected.outcomes[i].iterations);
    EXPECT_EQ(found.outcomes[i].mismatch, expected.outcomes[i].mismatch);
  }
}

/// Wires from a hundredth of an ohm to 100 megohms, a millionth to ten thousand times a device's
/// resistance; of every fifth array words, bits or ends have none.
WiredArray extreme_array(Random& random, int trial, int rows, int cols) {
  WiredArray array = random_array(random, rows, cols, decades(random, -2.0, 6.0));
  bool const one_end =
      array.params.drivers == LineEnds::one && array.params.senses == LineEnds::one;
  if (trial % 5 == 1 && one_end) array.params.driver_ohm = array.params.sense_ohm = 0.0;
  if (trial % 5 == 2) array.params.word_ohm = 0.0;
  if (trial % 5 == 3) array.params.bit_ohm = 0.0;
  return array;
}

/// Sides log-uniform in [1, 128].
int random_side(Random& random) {
  return static_cast<int>(std::round(std::exp2(random.real(0.0, 7.0))));
}

/// Whether none of the CPU's other backends has wider vectors.
bool is_fastest_cpu(std::string const& name) {
  for (std::string const fastest : {"cpu_avx512", "cpu_avx2", "cpu_scalar"}) {
    if (open_backend(fastest, 1).backend) return name == fastest;
  }
  return false;
}

class WiresLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, WiresLaw, every_backend(), backend_label);

TEST_P(WiresLaw, IterationMeetsTheExactSolution) {
  Random random(11);
  for (int trial = 0; trial < trials(200); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    int const largest = trial % 20 == 0 ? 40 : 12;
    int const rows = random.whole(1, largest);
    expect_solved(backend(), {extreme_array(random, trial, rows, random.whole(1, largest))});
  }
}

// Any shape, one to three crossbars a batch.
TEST_P(WiresLaw, IterationMeetsTheExactSolutionOfBatches) {
  if (!is_fastest_cpu(GetParam())) GTEST_SKIP() << "slow there, and the bits are those of the CPU";
  Random random(19);
  for (int trial = 0; trial < trials(200); ++trial) {
    int const rows = random_side(random);
    int const cols = random_side(random);
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial) + ", " + std::to_string(rows) +
                 " x " + std::to_string(cols));
    std::vector<WiredArray> arrays(static_cast<std::size_t>(random.whole(1, 3)),
                                   extreme_array(random, trial, rows, cols));
    for (WiredArray& array : arrays) {
      for (double& siemens : array.siemens) siemens = decades(random, -6.0, -4.0);
      for (double& volts : array.volts) volts = random.real(-1.0, 1.0);
    }
    expect_solved(backend(), arrays);
  }
}

TEST_P(WiresLaw, IterationMeetsTheExactSolutionOfLargeArrays) {
  if (GetParam() == "cpu_scalar" || GetParam() == "cpu_avx2") {
    GTEST_SKIP() << "slow there, and the bits are those of the others";
  }
  Random random(12);
  for (double const wire_ohm : {0.1, 10.0, 1e4}) {
    expect_solved(backend(), {random_array(random, 128, random.whole(100, 128), wire_ohm)});
  }
}

TEST_P(WiresLaw, GivesTheBitsOfTheScalarPath) {
  auto const plain = make_cpu_backend({.threads = 1, .isa = Isa::scalar});
  Random random(13);
  for (int trial = 0; trial < trials(30); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    Batch const batch = random_batch(random);
    expect_same(solve(backend(), batch), solve(*plain, batch));
  }
  SCOPED_TRACE("128 x 128");
  Batch batch = batch_of(random_array(random, 128, 128, 1.0));
  batch.iterations = 20;  // the bits of all of them, converged or not
  expect_same(solve(backend(), batch), solve(*plain, batch));
}

// The nodal equations as they are written down, solved densely.
TEST_P(WiresLaw, DeviceCurrentsMeetTheNodalEquations) {
  Random random(18);
  for (int trial = 0; trial < trials(40); ++trial) {
    WiredArray const array =
        random_array(random, random.whole(1, 7), random.whole(1, 7), decades(random, 0.0, 4.0));
    std::vector<double> const expected = NodalEquations(array).device_currents();
    std::vector<double> const found = solve(backend(), batch_of(array)).device_amperes;
    double const all = sum_of_magnitudes(expected);
    double const sign = array.driven == Driven::rows ? 1.0 : -1.0;  // word to bit line, or back
    for (std::size_t i = 0; i < expected.size(); ++i) {
      // 1e-9: cancellation in the dense matrix.
      EXPECT_NEAR(sign * found[i], expected[i], (2.0 * tolerance + 1e-9) * all)
          << random.trace() << ", trial " << trial;
    }
  }
}

// An input's result does not depend on what is solved beside it.
TEST_P(WiresLaw, SolvesInputsApart) {
  Random random(14);
  for (int trial = 0; trial < trials(10); ++trial) {
    Batch const batch = random_batch(random);
    Solved const together = solve(backend(), batch);
    std::size_t const driven = batch.volts.size() / together.outcomes.size();
    std::size_t const sensed = together.amperes.size() / together.outcomes.size();
    for (std::size_t i = 0; i < static_cast<std::size_t>(batch.inputs); ++i) {
      Batch one = batch;
      one.crossbars = 1;
      one.inputs = 1;
      one.siemens.resize(batch.siemens.size() / static_cast<std::size_t>(batch.crossbars));
      one.volts.assign(batch.volts.begin() + static_cast<std::ptrdiff_t>(i * driven),
                       batch.volts.begin() + static_cast<std::ptrdiff_t>((i + 1) * driven));
      std::vector<double> const alone = solve(backend(), one).amperes;
      EXPECT_TRUE(
          std::ranges::equal(alone, std::span(together.amperes).subspan(i * sensed, sensed)));
    }
  }
}

TEST_P(WiresLaw, UnitVectorsGiveTheEffectiveConductance) {
  Random random(15);
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    WiredArray array = random_array(random, 11, 6, 200.0);
    array.driven = driven;
    Batch batch = batch_of(array);
    batch.volts.clear();
    batch.inputs = array.driven_lines();
    std::vector<double> const found = solve(backend(), batch).amperes;
    std::vector<double> const exact = array.exact().effective();
    double const largest = *std::ranges::max_element(exact);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      std::size_t const at = driven == Driven::rows ? i : i % 6 * 11 + i / 6;
      EXPECT_NEAR(found[at], exact[i], 100.0 * tolerance * largest);
    }
  }
}

TEST_P(WiresLaw, SaysWhatHasNotConverged) {
  Random random(16);
  WiredArray const array = random_array(random, 20, 20, 1e5);
  Batch batch = batch_of(array);
  batch.iterations = 2;
  Solved const solved = solve(backend(), batch);
  EXPECT_EQ(solved.outcomes[0].converged, 0);
  EXPECT_EQ(solved.outcomes[0].iterations, 2);
  EXPECT_GT(solved.outcomes[0].mismatch, tolerance);
}

TEST_P(WiresLaw, NoInputNoCurrent) {
  Random random(17);
  Batch batch = batch_of(random_array(random, 5, 6, 100.0));
  std::ranges::fill(batch.volts, 0.0);
  Solved const solved = solve(backend(), batch);
  EXPECT_EQ(solved.amperes, std::vector<double>(solved.amperes.size(), 0.0));
  EXPECT_EQ(solved.outcomes[0].converged, 1);
  EXPECT_EQ(solved.outcomes[0].iterations, 0);
}

// Any codes, padding too; devices of other sets stay as they are.
TEST_P(WiresLaw, SeenCodesFollowTheMovesOfTheirSet) {
  Random random(18);
  for (int trial = 0; trial < trials(20); ++trial) {
    int const cols = random.whole(1, 70);
    XbarShape const shape{.replicas = random.whole(1, 3),
                          .sets = random.whole(1, 3),
                          .planes = random.whole(1, 9),
                          .rows = random.whole(1, 20),
                          .cols = cols,
                          .stride = aligned_columns(cols)};
    auto const devices = static_cast<std::size_t>(shape.devices());
    std::vector<std::int16_t> const now = random.words16(devices);
    std::vector<std::int16_t> const own = random.words16(devices);
    std::vector<std::int16_t> const seen = random.words16(devices);
    std::vector<std::int16_t> expected = random.words16(devices);
    DeviceArray<std::int16_t> const on_now(backend(), now);
    DeviceArray<std::int16_t> const on_own(backend(), own);
    DeviceArray<std::int16_t> const on_seen(backend(), seen);
    DeviceArray<std::int16_t> found(backend(), expected);
    int const set = random.whole(0, shape.sets - 1);
    backend().follow({.shape = shape,
                      .codes = on_now.data(),
                      .own_then = on_own.data(),
                      .seen_then = on_seen.data(),
                      .seen = found.data(),
                      .set = set});
    auto const of_set = static_cast<std::size_t>(shape.planes * shape.plane_size());
    for (std::size_t i = 0; i < devices; ++i) {
      if (i / of_set % static_cast<std::size_t>(shape.sets) != static_cast<std::size_t>(set)) {
        continue;
      }
      expected[i] = static_cast<std::int16_t>(std::clamp(now[i] + seen[i] - own[i], -32768, 32767));
    }
    EXPECT_EQ(found.download(), expected) << random.trace() << ", trial " << trial;
  }
}

TEST_P(WiresLaw, RefusesWhatTheLadderHasNoNumbersFor) {
  Batch batch{circuit_of({}, Driven::rows), 1, 1, 1, 1, {1.0}, {1.0}};
  batch.circuit.word.segment_ohm = std::numeric_limits<double>::infinity();
  EXPECT_THROW(solve(backend(), batch), std::invalid_argument);
  batch.circuit =
      circuit_of({.drivers = LineEnds::both, .end_segment = EndSegment::none}, Driven::rows);
  EXPECT_THROW(solve(backend(), batch), std::invalid_argument);
}

}  // namespace
}  // namespace panther::test
