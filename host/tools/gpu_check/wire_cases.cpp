// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Crossbars with resistive wires: the iteration, a crossbar a replica, the first-order model of
// reads and updates, and reads between two looks.

#include <memory>

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"
#include "kernels/wires/follow.hpp"
#include "kernels/wires/shares.hpp"
#include "kernels/wires/solve.hpp"

namespace panther::gpu_check {

namespace {

WireParams random_wires(Draws& draws) {
  WireParams wires;
  wires.word_ohm = draws.pick({0, 1, 1000});
  wires.bit_ohm = draws.pick({0, 2, 100000});
  wires.driver_ohm = draws.pick({10, 5000});
  wires.sense_ohm = draws.pick({20, 300});
  wires.drivers = draws.pick({0, 1}) == 0 ? LineEnds::one : LineEnds::both;
  wires.senses = draws.pick({0, 1}) == 0 ? LineEnds::one : LineEnds::both;
  wires.end_segment = draws.pick({0, 1}) == 0 ? EndSegment::whole : EndSegment::none;
  return wires;
}

/// `devices`: their currents are asked for, too.
Outcome run_solve(std::uint64_t seed, Driven driven, bool devices, Backend& backend,
                  Replicas chosen) {
  Draws draws(seed);
  constexpr int crossbars = 3;
  WireSolveArgs args{};
  args.circuit = circuit_of(random_wires(draws), driven);
  args.rows = draws.pick({1, 7, 33});
  args.cols = draws.pick({1, 8, 20});
  args.inputs = draws.pick({1, 9, 16});
  args.tolerance = 1e-7;
  args.iterations = draws.pick({3, 4000});
  Arena arena(backend, crossbars, chosen);
  args.crossbars = arena.replicas();
  std::vector<double> siemens(static_cast<std::size_t>(crossbars * args.rows * args.cols));
  for (double& value : siemens) value = 1e-6 * draws.whole(0, 100);
  std::vector<double> volts(
      static_cast<std::size_t>(crossbars * args.inputs * args.driven_lines()));
  for (double& volt : volts) volt = 0.01 * draws.whole(-100, 100);
  auto const vectors = static_cast<std::size_t>(crossbars * args.inputs);
  args.siemens = arena.in(siemens);
  args.volts = draws.pick({0, 1}) == 0 ? nullptr : arena.in(volts);
  args.amperes = arena.out(
      "amperes", std::vector<double>(vectors * static_cast<std::size_t>(args.sensed_lines())));
  args.outcomes = arena.out("outcomes", std::vector<WireOutcome>(vectors));
  if (devices) {
    args.device_amperes =
        arena.out("device_amperes",
                  std::vector<double>(vectors * static_cast<std::size_t>(args.rows * args.cols)));
  }
  backend.solve_wires(args);
  return arena.collect();
}

Outcome run_see(Crossbar const& xbar, WireParams const& wires, Driven driven, Backend& backend,
                Replicas chosen) {
  Arena arena(backend, xbar.shape.replicas, chosen);
  SeenArgs args{};
  args.shape = xbar.shape_in(arena);
  args.slicing = xbar.slicing;
  args.codes = arena.in(xbar.codes);
  args.seen = arena.out("seen", std::vector<std::int16_t>(xbar.codes.size()));
  args.drops = arena.out(
      "drops", std::vector<float>(xbar.codes.size() / static_cast<std::size_t>(xbar.shape.sets)));
  args.windows = arena.in(std::vector<SiemensWindow>(xbar.replicas(), {1e-7, 9e-7}));
  args.circuit = circuit_of(wires, driven);
  args.block_lines = driven == Driven::rows ? 30 : max_wire_lines;
  args.reference = driven == Driven::rows ? WireReference::ideal : WireReference::matched;
  backend.see(args);
  return arena.collect();
}

Outcome run_share(Crossbar const& xbar, WireParams const& wires, Backend& backend,
                  Replicas chosen) {
  Arena arena(backend, xbar.shape.replicas, chosen);
  ShareArgs args{};
  args.devices.shape = xbar.shape_in(arena);
  args.devices.slicing = xbar.slicing;
  args.devices.codes = arena.in(xbar.codes);
  args.devices.drops = arena.out(
      "drops", std::vector<float>(xbar.codes.size() / static_cast<std::size_t>(xbar.shape.sets)));
  args.devices.windows = arena.in(std::vector<SiemensWindow>(xbar.replicas(), {1e-7, 9e-7}));
  args.devices.circuit = circuit_of(wires, Driven::rows);
  args.devices.block_lines = 30;
  args.shares = arena.out("shares", std::vector<std::uint16_t>(xbar.codes.size()));
  args.threshold = 0.1;
  args.active = 0.6;
  backend.share_steps(args);
  return arena.collect();
}

Outcome run_follow(std::uint64_t seed, Crossbar const& xbar, Backend& backend, Replicas chosen) {
  Draws draws(seed);
  Arena arena(backend, xbar.shape.replicas, chosen);
  FollowArgs args{};
  args.shape = xbar.shape_in(arena);
  args.codes = arena.in(xbar.codes);
  args.own_then = arena.in(draws.words16(xbar.codes.size()));
  args.seen_then = arena.in(draws.words16(xbar.codes.size()));
  args.seen = arena.out("seen", std::vector<std::int16_t>(xbar.codes.size()));
  args.set = draws.whole(0, xbar.shape.sets - 1);
  backend.follow(args);
  return arena.collect();
}

}  // namespace

std::vector<Case> wire_cases() {
  std::vector<Case> cases;
  for (int variant = 0; variant < 12; ++variant) {
    std::uint64_t const seed = 6000 + static_cast<std::uint64_t>(variant);
    for (Driven const driven : {Driven::rows, Driven::columns}) {
      std::string const name =
          std::string(driven == Driven::rows ? "rows/" : "columns/") + std::to_string(variant);
      cases.push_back({"wires/solve", name, 3, [=](Backend& backend, Replicas chosen) {
                         return run_solve(seed, driven, false, backend, chosen);
                       }});
      if (variant >= 4) continue;
      cases.push_back({"wires/devices", name, 3, [=](Backend& backend, Replicas chosen) {
                         return run_solve(seed, driven, true, backend, chosen);
                       }});
      Draws draws(seed);
      CrossbarChoice choice;
      choice.rows = draws.pick({1, 20, 65});
      choice.cols = draws.pick({10, 33, 130});
      auto const xbar = std::make_shared<Crossbar const>(random_crossbar(draws, choice));
      WireParams const wires = random_wires(draws);
      cases.push_back(
          {"wires/see", name, xbar->shape.replicas, [=](Backend& backend, Replicas chosen) {
             return run_see(*xbar, wires, driven, backend, chosen);
           }});
      if (driven == Driven::columns) continue;
      cases.push_back(
          {"wires/follow", name, xbar->shape.replicas, [=](Backend& backend, Replicas chosen) {
             return run_follow(seed, *xbar, backend, chosen);
           }});
      cases.push_back(
          {"wires/share", name, xbar->shape.replicas, [=](Backend& backend, Replicas chosen) {
             return run_share(*xbar, wires, backend, chosen);
           }});
    }
  }
  return cases;
}

}  // namespace panther::gpu_check
