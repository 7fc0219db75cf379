// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Apparent states of random crossbars whose devices hide theirs, after updates, writes and passes.
// The devices themselves are random: what the operation sees need not come from an update.

#include <memory>

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"

namespace panther::gpu_check {

namespace {

struct ApparentCase {
  Crossbar xbar;
  ApparentArgs args{};  // everything but pointers and shape
  std::vector<std::int16_t> x;
  std::vector<std::int16_t> u;
  std::vector<std::int32_t> drop;
  std::vector<std::int32_t> delta;
  std::vector<std::int16_t> before;

  Outcome operator()(Backend& backend, Replicas chosen) const {
    Arena arena(backend, xbar.shape.replicas, chosen);
    ApparentArgs apparent = args;
    apparent.update.shape = xbar.shape_in(arena);
    apparent.update.slicing = xbar.slicing;
    apparent.update.codes = arena.out("codes", xbar.codes);
    apparent.update.traits = xbar.traits_in(arena, backend);
    apparent.update.devices = arena.in(xbar.devices);
    apparent.update.x = arena.in(x);
    apparent.update.u = arena.in(u);
    apparent.update.drop = arena.in(drop);
    apparent.update.delta = arena.in(delta);
    apparent.before = before.empty() ? nullptr : arena.in(before);
    apparent.apparent = arena.out("apparent", xbar.codes);
    backend.appear(apparent);
    return arena.collect();
  }
};

struct Kind {
  char const* name;
  UpdateDrive drive;
  Touch touch;
  bool written;
};

constexpr Kind kinds[] = {{"streamed", UpdateDrive::streamed, Touch::update, false},
                          {"digits", UpdateDrive::digits, Touch::update, false},
                          {"delta", UpdateDrive::delta, Touch::update, false},
                          {"written", UpdateDrive::streamed, Touch::programming_error, true},
                          {"aged", UpdateDrive::streamed, Touch::aging, false}};

ApparentCase make_apparent(std::uint64_t seed, Kind const& kind) {
  Draws draws(seed);
  CrossbarChoice crossbar;
  crossbar.variation =
      draws.pick({VariationSource::none, VariationSource::regenerated, VariationSource::stored});
  crossbar.compound = draws.one_in(2);
  crossbar.rows = draws.pick({1, 5, 13});
  crossbar.cols = draws.pick({1, 10, 65, 130});
  ApparentCase apparent{random_crossbar(draws, crossbar), {}, {}, {}, {}, {}, {}};
  Crossbar& xbar = apparent.xbar;
  for (DeviceConstants& device : xbar.devices) {
    device.hidden_std = 0.02F * static_cast<float>(draws.whole(0, 5));
  }
  apparent.args.touch = kind.touch;
  apparent.args.event = draws.wide() & 0xFFFFFFFFFFU;
  UpdateArgs& update = apparent.args.update;
  update.layer = xbar.layer;
  update.set_mask = static_cast<unsigned>(draws.whole(1, (1 << xbar.shape.sets) - 1));
  update.examples = kind.drive == UpdateDrive::delta ? 1 : draws.pick({1, 2, 4});
  update.batch = update.examples + draws.whole(0, 2);
  update.drive = kind.drive;
  update.first_step = draws.wide() & 0xFFFFFFFFFFU;
  update.first_turn = update.first_step;
  std::size_t const vectors = xbar.replicas() * static_cast<std::size_t>(update.batch);
  apparent.x = draws.words16(vectors * xbar.rows());
  apparent.u = draws.words16(vectors * xbar.cols());
  apparent.drop = draws.wholes(vectors, -3, 22);
  apparent.delta = draws.wholes(xbar.replicas() * xbar.rows() * xbar.cols(), -50000, 50000);
  if (kind.written) {
    apparent.before = xbar.codes;
    for (auto& code : apparent.before) {
      if (draws.one_in(2)) code = static_cast<std::int16_t>(draws.word());
    }
  }
  return apparent;
}

}  // namespace

std::vector<Case> apparent_cases() {
  std::vector<Case> cases;
  for (Kind const& kind : kinds) {
    for (int variant = 0; variant < 8; ++variant) {
      auto const held =
          std::make_shared<ApparentCase const>(make_apparent(9500 + cases.size(), kind));
      cases.push_back(
          {std::string("apparent/") + kind.name, std::to_string(variant), held->xbar.shape.replicas,
           [held](Backend& backend, Replicas chosen) { return (*held)(backend, chosen); }});
    }
  }
  return cases;
}

}  // namespace panther::gpu_check
