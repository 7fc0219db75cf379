// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Wear after updates and writes of random crossbars. The devices themselves are random, too: what
// the pass sees need not come from an update.

#include <memory>

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"

namespace panther::gpu_check {

namespace {

struct WearCase {
  Crossbar xbar;
  WearArgs args{};  // everything but pointers and shape
  std::vector<std::int16_t> x;
  std::vector<std::int16_t> u;
  std::vector<std::int32_t> drop;
  std::vector<std::int32_t> delta;
  std::vector<std::int16_t> before;
  std::vector<std::uint32_t> writes;
  std::vector<WearConstants> constants;

  Outcome operator()(Backend& backend, Replicas chosen) const {
    Arena arena(backend, xbar.shape.replicas, chosen);
    WearArgs wear = args;
    wear.update.shape = xbar.shape_in(arena);
    wear.update.slicing = xbar.slicing;
    wear.update.codes = arena.out("codes", xbar.codes);
    wear.update.devices = arena.in(xbar.devices);
    wear.update.x = arena.in(x);
    wear.update.u = arena.in(u);
    wear.update.drop = arena.in(drop);
    wear.update.delta = arena.in(delta);
    wear.before = before.empty() ? nullptr : arena.in(before);
    wear.writes = arena.out("writes", writes);
    wear.wear = arena.in(constants);
    backend.wear(wear);
    return arena.collect();
  }
};

/// Ends of the window by a curve instead of slopes.
void follow_curve(Draws& draws, Endurance& endurance) {
  endurance.top_per_decade = 0.0;
  endurance.bottom_per_decade = 0.0;
  endurance.curve_writes = {1.0, 1000.0, 1048576.0};
  endurance.curve_top = {1.0, 0.125 * draws.whole(4, 8), 0.5};
  endurance.curve_bottom = {0.0, 0.125 * draws.whole(0, 4), 0.25};
}

void choose_wear(Draws& draws, bool by_curve, WearCase& wear) {
  wear.args.count = draws.pick({WriteCount::updates, WriteCount::steps});
  for (std::size_t r = 0; r < wear.xbar.replicas(); ++r) {
    Endurance endurance;
    endurance.onset_writes = draws.pick({1.0, 1000.0});
    endurance.top_per_decade = draws.pick({0.0, 0.125});
    endurance.bottom_per_decade = draws.pick({0.0, 0.25});
    endurance.failure_writes = draws.pick({0.0, 2000.0});
    endurance.failure_spread = 0.5;
    endurance.failed_level = draws.pick({0.0, 0.625, 1.0});
    if (by_curve) follow_curve(draws, endurance);
    wear.constants.push_back(wear_constants(endurance));
    wear.args.wears = wear.args.wears || wear.constants.back().wears();
    wear.args.fails = wear.args.fails || wear.constants.back().failure > 0;
  }
  wear.writes.resize(wear.xbar.codes.size());
  for (auto& count : wear.writes) {
    count = draws.one_in(20) ? 0xFFFFFFFFU - static_cast<std::uint32_t>(draws.whole(0, 9))
                             : draws.word() >> draws.whole(8, 31);
  }
}

WearCase make_wear(std::uint64_t seed, UpdateDrive drive, bool written, bool by_curve) {
  Draws draws(seed);
  CrossbarChoice crossbar;
  crossbar.rows = draws.pick({1, 5, 13});
  crossbar.cols = draws.pick({1, 10, 65, 130});
  WearCase wear{random_crossbar(draws, crossbar), {}, {}, {}, {}, {}, {}, {}, {}};
  Crossbar const& xbar = wear.xbar;
  UpdateArgs& update = wear.args.update;
  update.layer = xbar.layer;
  update.set_mask = static_cast<unsigned>(draws.whole(1, (1 << xbar.shape.sets) - 1));
  update.examples = drive == UpdateDrive::delta ? 1 : draws.pick({1, 2, 4});
  update.batch = update.examples + draws.whole(0, 2);
  update.drive = drive;
  std::size_t const vectors = xbar.replicas() * static_cast<std::size_t>(update.batch);
  wear.x = draws.words16(vectors * xbar.rows());
  wear.u = draws.words16(vectors * xbar.cols());
  wear.drop = draws.wholes(vectors, -3, 22);
  wear.delta = draws.wholes(xbar.replicas() * xbar.rows() * xbar.cols(), -50000, 50000);
  if (written) {
    wear.before = xbar.codes;
    for (auto& code : wear.before) {
      if (draws.one_in(2)) code = static_cast<std::int16_t>(draws.word());
    }
  }
  choose_wear(draws, by_curve, wear);
  return wear;
}

}  // namespace

std::vector<Case> wear_cases() {
  struct Kind {
    char const* name;
    UpdateDrive drive;
    bool written;
    bool by_curve;
  };
  std::vector<Case> cases;
  for (Kind const& kind : {Kind{"streamed", UpdateDrive::streamed, false, false},
                           Kind{"digits", UpdateDrive::digits, false, false},
                           Kind{"delta", UpdateDrive::delta, false, false},
                           Kind{"written", UpdateDrive::streamed, true, false},
                           Kind{"curve", UpdateDrive::streamed, false, true}}) {
    for (int variant = 0; variant < 8; ++variant) {
      auto const held = std::make_shared<WearCase const>(
          make_wear(8000 + cases.size(), kind.drive, kind.written, kind.by_curve));
      cases.push_back(
          {std::string("wear/") + kind.name, std::to_string(variant), held->xbar.shape.replicas,
           [held](Backend& backend, Replicas chosen) { return (*held)(backend, chosen); }});
    }
  }
  return cases;
}

}  // namespace panther::gpu_check
