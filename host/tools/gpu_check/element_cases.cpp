// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Operations whose elements are independent: inputs, gradients, stored variation, histograms.

#include <algorithm>
#include <memory>

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"

namespace panther::gpu_check {

namespace {

Outcome run_gather(std::uint64_t seed, Backend& backend, Replicas chosen) {
  Draws draws(seed);
  constexpr int replicas = 2;
  int const examples = draws.pick({1, 3});
  GatherArgs args{};
  args.pixels = draws.pick({1, 64, 90});
  args.rows = args.pixels + draws.whole(0, 1);
  args.fraction = draws.whole(0, 14);
  Arena arena(backend, replicas, chosen);
  args.vectors = arena.replicas() * examples;
  auto const vectors = static_cast<std::size_t>(replicas * examples);
  std::vector<std::uint8_t> images(static_cast<std::size_t>(20 * args.pixels));
  for (auto& pixel : images) pixel = static_cast<std::uint8_t>(draws.whole(0, 255));
  args.images = arena.shared(images);
  args.order = arena.in(draws.wholes(vectors, 0, 19));
  args.x = arena.out("x", std::vector<std::int16_t>(vectors * static_cast<std::size_t>(args.rows)));
  args.x_fraction = arena.out("x fraction", std::vector<std::int32_t>(vectors));
  backend.gather(args);
  return arena.collect();
}

Outcome run_gradient(std::uint64_t seed, Optimizer optimizer, Backend& backend, Replicas chosen) {
  Draws draws(seed);
  constexpr int replicas = 2;
  GradientArgs args{};
  args.optimizer = optimizer;
  args.examples = draws.pick({1, 4, 9});
  args.rows = draws.pick({1, 17, 40});
  args.cols = draws.pick({1, 10, 33});
  args.w_fraction = draws.whole(8, 26);
  args.beta1 = 0.9F;
  args.beta2 = 0.999F;
  args.epsilon = 1e-8F;
  args.correction1 = 1.5F;
  args.correction2 = 20.25F;
  Arena arena(backend, replicas, chosen);
  args.replicas = arena.replicas();
  auto const vectors = static_cast<std::size_t>(replicas * args.examples);
  auto const weights = static_cast<std::size_t>(replicas * args.rows * args.cols);
  args.x = arena.in(draws.words16(vectors * static_cast<std::size_t>(args.rows)));
  args.e = arena.in(draws.words16(vectors * static_cast<std::size_t>(args.cols)));
  args.x_fraction = arena.in(draws.wholes(vectors, 0, 14));
  args.e_fraction = arena.in(draws.wholes(vectors, 0, 20));
  args.learning_rate = arena.in(std::vector<float>{0.01F, 0.3F});
  std::vector<float> moments(weights);
  for (auto& moment : moments) moment = 0.001F * static_cast<float>(draws.whole(0, 1000));
  args.first_moment = arena.out("first moment", moments);
  args.second_moment = arena.out("second moment", moments);
  args.delta = arena.out("delta", std::vector<std::int32_t>(weights));
  backend.gradient(args);
  return arena.collect();
}

/// Histograms of every plane of the first set, each added to the bins before.
Outcome run_histogram(Crossbar const& xbar, Backend& backend, Replicas chosen) {
  Arena arena(backend, xbar.shape.replicas, chosen);
  constexpr std::size_t most_bins = 65536;
  std::uint64_t* const bins =
      arena.out("bins", std::vector<std::uint64_t>(xbar.replicas() * most_bins, 3));
  std::int16_t const* const codes = arena.in(xbar.codes);
  XbarShape const shape = xbar.shape_in(arena);
  for (int replica = 0; replica < shape.replicas; ++replica) {
    for (int plane = 0; plane < shape.planes; ++plane) {
      HistogramArgs args{};
      args.codes = codes + shape.index(replica, 0, plane, 0, 0);
      args.bins = bins + static_cast<std::size_t>(replica) * most_bins;
      args.rows = shape.rows;
      args.cols = shape.cols;
      args.stride = shape.stride;
      args.cell_bits = xbar.slicing.cell_bits[xbar.slicing.slice_of(plane)];
      backend.histogram(args);
    }
  }
  return arena.collect();
}

Outcome run_store_traits(Crossbar const& xbar, Backend& backend, Replicas chosen) {
  Arena arena(backend, xbar.shape.replicas, chosen);
  xbar.traits_in(arena, backend);
  return arena.collect();
}

void add_crossbars(std::vector<Case>& cases) {
  for (int variant = 0; variant < 6; ++variant) {
    Draws draws(5500 + static_cast<std::uint64_t>(variant));
    CrossbarChoice choice;
    choice.variation = VariationSource::stored;
    choice.rows = draws.pick({1, 20, 65});
    choice.cols = draws.pick({10, 33, 130});
    auto const xbar = std::make_shared<Crossbar const>(random_crossbar(draws, choice));
    cases.push_back({"histogram", std::to_string(variant), xbar->shape.replicas,
                     [xbar](Backend& backend, Replicas chosen) {
                       return run_histogram(*xbar, backend, chosen);
                     }});
    cases.push_back({"store_traits", std::to_string(variant), xbar->shape.replicas,
                     [xbar](Backend& backend, Replicas chosen) {
                       return run_store_traits(*xbar, backend, chosen);
                     }});
  }
}

}  // namespace

std::vector<Case> element_cases() {
  std::vector<Case> cases;
  for (std::uint64_t variant = 0; variant < 4; ++variant) {
    std::uint64_t const seed = 5000 + variant;
    cases.push_back(
        {"gather", std::to_string(variant), 2,
         [seed](Backend& backend, Replicas chosen) { return run_gather(seed, backend, chosen); }});
    for (auto const& [optimizer, name] : EnumNames<Optimizer>::values) {
      cases.push_back({"gradient", std::string(name) + "/" + std::to_string(variant), 2,
                       [seed, kind = optimizer](Backend& backend, Replicas chosen) {
                         return run_gradient(seed, kind, backend, chosen);
                       }});
    }
  }
  add_crossbars(cases);
  return cases;
}

std::vector<Case> kernel_cases() {
  std::vector<Case> all;
  for (auto const& cases :
       {age_cases(), apparent_cases(), read_cases(), analog_cases(), update_cases(),
        resolve_cases(), vector_cases(), element_cases(), wear_cases(), wire_cases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](Case const& a, Case const& b) { return a.group < b.group; });
  return all;
}

}  // namespace panther::gpu_check
