// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Updates of devices that take shares of their steps: all of them is no share at all, none moves
// nothing, parts move ideal devices by as much; the same bits on every backend.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/wires/shares.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/random_crossbar.hpp"

namespace panther::test {
namespace {

class SharesLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, SharesLaw, every_backend(), backend_label);

/// Ideal, quiet and noisy devices; some with stored variation.
CrossbarConfig random_devices(Random& random) {
  CrossbarConfig config = random_crossbar(random);
  if (random.chance(0.3)) config.slicing = random_compound_slicing(random);
  DeviceConfig device;
  int const kind = random.whole(0, 3);
  if (kind == 1) device.law = Exponential::Params{};
  if (kind == 2) device.law = SoftBounds::Params{};
  if (kind == 3) {
    device.law = Exponential::Params{};
    device.write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.05};
    device.spread = {.slope = 0.1, .window = 0.05, .nonlinearity = 0.1};
    config.stored_traits = random.chance(0.5);
  }
  device.rounding = random.pick<CodeRounding>({CodeRounding::stochastic, CodeRounding::nearest});
  config.devices.assign(config.devices.size(), device);
  return config;
}

Outer random_outer(Random& random, CrossbarConfig const& config, int examples) {
  std::size_t const vectors = config.devices.size() * static_cast<std::size_t>(examples);
  Outer outer;
  outer.examples = examples;
  outer.x = random.words16(vectors * static_cast<std::size_t>(config.rows));
  outer.u = random.words16(vectors * static_cast<std::size_t>(config.cols));
  // Sparse columns take the path of gathered moves.
  bool const sparse = random.chance(0.5);
  for (auto& u : outer.u) u = sparse && random.chance(0.9) ? std::int16_t{0} : u;
  for (std::size_t i = 0; i < vectors; ++i) outer.drop.push_back(random.whole(8, 22));
  return outer;
}

UpdateOptions random_options(Random& random) {
  UpdateOptions options;
  options.drive = random.pick<UpdateDrive>({UpdateDrive::streamed, UpdateDrive::digits});
  if (options.drive == UpdateDrive::streamed) {
    options.fidelity = random.pick<Fidelity>({Fidelity::aggregate, Fidelity::pulse});
  }
  options.first_step = random.word() >> 32;
  return options;
}

std::vector<std::uint16_t> random_shares(Random& random, std::size_t devices) {
  std::vector<std::uint16_t> shares(devices);
  for (auto& share : shares) {
    share = static_cast<std::uint16_t>(
        random.pick<int>({0, 1, share_one, random.whole(0, share_one), share_one / 2}));
  }
  return shares;
}

struct State {
  std::vector<std::int16_t> codes;
  std::uint64_t updates = 0;
  std::uint64_t steps = 0;
  std::uint64_t saturations = 0;

  bool operator==(State const&) const = default;
};

State updated(Backend& backend, CrossbarConfig const& config, std::vector<std::int16_t> const& from,
              Outer const& outer, UpdateOptions const& options) {
  Crossbar xbar(backend, config);
  xbar.set_codes(from);
  // Often enough for tables of moves to be worth filling.
  for (int i = 0; i < 3; ++i) xbar.update(outer, options);
  State state{xbar.codes()};
  for (SliceCounters const& counters : xbar.slice_counters()) {
    state.updates += counters.updates;
    state.steps += counters.steps;
    state.saturations += counters.saturations;
  }
  return state;
}

std::vector<std::int16_t> start_codes(Random& random, std::size_t devices) {
  std::vector<std::int16_t> codes(devices);
  for (auto& code : codes) code = static_cast<std::int16_t>(random.whole(-15000, 15000));
  return codes;
}

/// Devices in some state, and an update of them.
struct Case {
  Case(Random& random, Backend& backend)
      : config(random_devices(random)),
        from(start_codes(random, Crossbar(backend, config).codes().size())),
        outer(random_outer(random, config, random.whole(1, 4))),
        options(random_options(random)) {}

  State updated_by(Backend& backend) const {
    return updated(backend, config, from, outer, options);
  }

  CrossbarConfig config;
  std::vector<std::int16_t> from;
  Outer outer;
  UpdateOptions options;
};

TEST_P(SharesLaw, AllOfTheStepsAreTheUpdateWithoutShares) {
  Random random(2101);
  for (int trial = 0; trial < trials(12); ++trial) {
    Case update(random, backend());
    State const without = update.updated_by(backend());
    update.options.shares.assign(update.from.size(), share_one);
    EXPECT_EQ(update.updated_by(backend()), without)
        << random.trace() << ", trial " << trial << ", " << describe(update.config);
  }
}

TEST_P(SharesLaw, NoShareMovesNothing) {
  Random random(2102);
  for (int trial = 0; trial < trials(6); ++trial) {
    Case update(random, backend());
    State const without = update.updated_by(backend());
    update.options.shares.assign(update.from.size(), 0);
    State const with = update.updated_by(backend());
    EXPECT_EQ(with.codes, update.from) << random.trace() << ", trial " << trial;
    EXPECT_EQ(with.updates, without.updates);
    EXPECT_EQ(with.steps, without.steps);
    EXPECT_EQ(with.saturations, 0U);
  }
}

TEST_P(SharesLaw, GiveTheBitsOfTheScalarPath) {
  auto const plain = make_cpu_backend({.threads = 1, .isa = Isa::scalar});
  Random random(2103);
  for (int trial = 0; trial < trials(12); ++trial) {
    Case update(random, backend());
    update.options.shares = random_shares(random, update.from.size());
    EXPECT_EQ(update.updated_by(backend()), update.updated_by(*plain))
        << random.trace() << ", trial " << trial << ", " << describe(update.config);
  }
}

// Whole codes, so at most half a code is lost to rounding.
TEST_P(SharesLaw, IdealDevicesMoveByTheirShare) {
  Random random(2104);
  for (int trial = 0; trial < trials(20); ++trial) {
    CrossbarConfig config = crossbar_of(random.whole(1, 30), random.whole(1, 140));
    config.devices.front().rounding = CodeRounding::nearest;
    Crossbar xbar(backend(), config);
    std::vector<std::int16_t> const from(static_cast<std::size_t>(xbar.shape().devices()), 0);
    xbar.set_codes(from);
    Outer const outer = random_outer(random, config, 1);
    UpdateOptions options;
    options.shares = random_shares(random, from.size());
    xbar.update(outer, options);
    std::vector<std::int16_t> const to = xbar.codes();
    for_each_device(xbar.shape(), [&](int, int, int plane, int row, int col, std::size_t at) {
      int const x = outer.x[static_cast<std::size_t>(row)];
      int const u = outer.u[static_cast<std::size_t>(col)];
      auto const n = static_cast<double>(ReferenceCrossbar::streamed_steps(
          static_cast<std::int16_t>(x), static_cast<std::int16_t>(u), outer.drop.front(), plane,
          2));
      double const share = options.shares[at] / static_cast<double>(share_one);
      double const move = ((x < 0) != (u < 0) ? 1.0 : -1.0) * n * share * 1024.0;  // codes a level
      EXPECT_NEAR(to[at], std::clamp(move, -32768.0, 31744.0), 0.5) << random.trace();
    });
  }
}

/// Shares of a crossbar of one device: wires and ends in series with it.
TEST_P(SharesLaw, ASingleDeviceHasTheClosedForm) {
  Random random(2105);
  CrossbarConfig const config = crossbar_of(1, 1);
  Crossbar xbar(backend(), config);
  std::size_t const devices = xbar.codes().size();
  for (int trial = 0; trial < trials(50); ++trial) {
    WireParams const wires{.word_ohm = random.real(0, 3000),
                           .bit_ohm = random.real(0, 3000),
                           .driver_ohm = random.real(0, 3000),
                           .sense_ohm = random.real(0, 3000)};
    double const threshold = random.real(0.0, 0.9);
    double const active = random.real(0.0, 1.0);
    auto const codes = start_codes(random, devices);
    DeviceArray<std::int16_t> const own(backend(), codes);
    DeviceArray<std::uint16_t> shares(backend(), devices);
    DeviceArray<float> drops(backend(), devices);
    DeviceArray<SiemensWindow> const window(backend(), {SiemensWindow{1e-5, 9e-5}});
    ShareArgs args{};
    args.devices.shape = xbar.shape();
    args.devices.slicing = xbar.slicing();
    args.devices.codes = own.data();
    args.devices.drops = drops.data();
    args.devices.windows = window.data();
    args.devices.circuit = circuit_of(wires, Driven::rows);
    args.devices.block_lines = 128;
    args.shares = shares.data();
    args.threshold = threshold;
    args.active = active;
    backend().share_steps(args);
    std::vector<std::uint16_t> const found = shares.download();
    double const ohm = wires.word_ohm + wires.bit_ohm + wires.driver_ohm + wires.sense_ohm;
    for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
      // A window of 6-bit cells is 63 of 64 levels.
      double const siemens = 1e-5 + 9e-5 * (codes[at] + 32768.0) / 64512.0;
      double const drive = 1.0 / (1.0 + active * siemens * ohm);
      double const share = std::max(0.0, (drive - threshold) / (1.0 - threshold));
      EXPECT_NEAR(found[at], share * share_one, 0.6) << random.trace();
    });
  }
}

}  // namespace
}  // namespace panther::test
