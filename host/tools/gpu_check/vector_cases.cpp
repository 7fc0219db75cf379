// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Operations on vectors: forward, loss, backward, drive.

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"

namespace panther::gpu_check {

namespace {

struct Size {
  int replicas;
  int examples;
  int width;

  std::size_t vectors() const { return static_cast<std::size_t>(replicas * examples); }
  std::size_t all() const { return vectors() * static_cast<std::size_t>(width); }
};

Size random_size(Draws& draws) {
  return {draws.pick({1, 2, 3}), draws.pick({1, 2, 5}), draws.pick({1, 10, 33, 128, 129, 300})};
}

/// Read sums of any magnitude, often zero.
std::vector<i128> random_sums(Draws& draws, std::size_t size) {
  std::vector<i128> sums(size);
  for (auto& sum : sums) {
    if (draws.one_in(5)) continue;
    sum = static_cast<i128>(static_cast<std::int64_t>(draws.wide())) >> draws.whole(0, 63);
    if (draws.one_in(8)) sum *= static_cast<i128>(1) << draws.whole(1, 30);
  }
  return sums;
}

Outcome run_forward(std::uint64_t seed, ForwardArgs args, Backend& backend, Replicas chosen) {
  Draws draws(seed);
  Size const size = random_size(draws);
  Arena arena(backend, size.replicas, chosen);
  args.replicas = arena.replicas();
  args.examples = size.examples;
  args.cols = size.width;
  args.y_rows = size.width + draws.whole(0, 1);
  args.sum_fraction = draws.whole(10, 28);
  args.z_fraction = draws.whole(6, 14);
  args.fixed_fraction = draws.whole(6, 14);
  args.sums = arena.in(random_sums(draws, size.all()));
  args.x_fraction = arena.in(draws.wholes(size.vectors(), -2, 14));
  args.y = arena.out(
      "y", std::vector<std::int16_t>(size.vectors() * static_cast<std::size_t>(args.y_rows)));
  args.y_fraction = arena.out("y fraction", std::vector<std::int32_t>(size.vectors()));
  args.counters =
      arena.out("counters", std::vector<LayerCounters>(static_cast<std::size_t>(size.replicas)));
  backend.forward(args);
  return arena.collect();
}

Outcome run_loss(std::uint64_t seed, LossArgs args, Backend& backend, Replicas chosen) {
  Draws draws(seed);
  Size size = random_size(draws);
  size.width = draws.pick({2, 10, 10, 33, 64, 150});
  Arena arena(backend, size.replicas, chosen);
  args.vectors = arena.replicas() * size.examples;
  args.classes = size.width;
  args.fixed_fraction = draws.whole(4, 15);
  std::vector<std::uint8_t> labels(50);
  for (auto& label : labels) label = static_cast<std::uint8_t>(draws.whole(0, size.width - 1));
  args.y = arena.in(draws.words16(size.all()));
  args.y_fraction = arena.in(draws.wholes(size.vectors(), -2, 14));
  args.labels = arena.shared(labels);
  args.order = arena.in(draws.wholes(size.vectors(), 0, 49));
  args.e = arena.out("e", std::vector<std::int16_t>(size.all()));
  args.e_fraction = arena.out("e fraction", std::vector<std::int32_t>(size.vectors()));
  args.loss = arena.out("loss", std::vector<float>(size.vectors()));
  args.correct = arena.out("correct", std::vector<std::int32_t>(size.vectors()));
  backend.loss(args);
  return arena.collect();
}

Outcome run_backward(std::uint64_t seed, BackwardArgs args, Backend& backend, Replicas chosen) {
  Draws draws(seed);
  Size const size = random_size(draws);
  Arena arena(backend, size.replicas, chosen);
  args.replicas = arena.replicas();
  args.examples = size.examples;
  args.width = size.width;
  args.rows = size.width + draws.whole(0, 1);
  args.sum_fraction = draws.whole(10, 28);
  args.fixed_fraction = draws.whole(6, 14);
  std::size_t const rows = size.vectors() * static_cast<std::size_t>(args.rows);
  args.sums = arena.in(random_sums(draws, rows));
  args.e_fraction = arena.in(draws.wholes(size.vectors(), 0, 20));
  args.y = arena.in(draws.words16(rows));
  args.y_fraction = arena.in(draws.wholes(size.vectors(), 8, 15));
  args.e = arena.out("e", std::vector<std::int16_t>(size.all()));
  args.below_fraction = arena.out("e fraction", std::vector<std::int32_t>(size.vectors()));
  args.counters =
      arena.out("counters", std::vector<LayerCounters>(static_cast<std::size_t>(size.replicas)));
  backend.backward(args);
  return arena.collect();
}

Outcome run_drive(std::uint64_t seed, DriveArgs args, Backend& backend, Replicas chosen) {
  Draws draws(seed);
  Size const size = random_size(draws);
  Arena arena(backend, size.replicas, chosen);
  args.replicas = arena.replicas();
  args.examples = size.examples;
  args.cols = size.width;
  args.fixed_fraction = draws.whole(8, 24);
  args.w_fraction = draws.whole(8, 26);
  std::vector<float> rates(static_cast<std::size_t>(size.replicas));
  for (auto& rate : rates) rate = 0.001F * static_cast<float>(draws.whole(0, 2000));
  args.e = arena.in(draws.words16(size.all()));
  args.e_fraction = arena.in(draws.wholes(size.vectors(), 0, 20));
  args.x_fraction = arena.in(draws.wholes(size.vectors(), 0, 14));
  args.u = arena.out("u", std::vector<std::int16_t>(size.all()));
  args.drop = arena.out("drop", std::vector<std::int32_t>(size.vectors()));
  args.learning_rate = arena.in(rates);
  args.counters =
      arena.out("counters", std::vector<LayerCounters>(static_cast<std::size_t>(size.replicas)));
  backend.drive(args);
  return arena.collect();
}

/// A case whose inputs are drawn when it runs.
template <class Args, class Run>
void add(std::vector<Case>& cases, std::string const& group, std::string const& name,
         Args const& args, Run run) {
  std::uint64_t const seed = 4000 + cases.size();
  Draws draws(seed);
  cases.push_back({group, name, random_size(draws).replicas,
                   [seed, args, run](Backend& backend, Replicas chosen) {
                     return run(seed, args, backend, chosen);
                   }});
}

}  // namespace

std::vector<Case> vector_cases() {
  std::vector<Case> cases;
  for (auto const& [scale, scale_name] : EnumNames<Scale>::values) {
    for (int variant = 0; variant < 3; ++variant) {
      std::string const end = std::string(scale_name) + "/" + std::to_string(variant);
      for (auto const& [activation, activation_name] : EnumNames<Activation>::values) {
        std::string const name = std::string(activation_name) + "/" + end;
        ForwardArgs forward{};
        forward.scale = scale;
        forward.activation = activation;
        add(cases, "forward", name, forward, run_forward);
        BackwardArgs backward{};
        backward.scale = scale;
        backward.activation = activation;
        add(cases, "backward", name, backward, run_backward);
        LossArgs loss{};
        loss.scale = scale;
        loss.activation = activation;
        for (auto const& [kind, kind_name] : EnumNames<Loss>::values) {
          loss.kind = kind;
          add(cases, "loss", std::string(kind_name) + "/" + name, loss, run_loss);
        }
      }
      DriveArgs drive{};
      drive.scale = scale;
      add(cases, "drive", end, drive, run_drive);
    }
  }
  return cases;
}

}  // namespace panther::gpu_check
