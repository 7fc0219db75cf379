// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/scenario.hpp"

#include <algorithm>

#include "tests/support/random_crossbar.hpp"

namespace panther::test {

namespace {

DeviceConfig rough_device() {
  DeviceConfig device;
  Exponential::Params law;
  law.label_up = 2.4;
  law.label_down = -4.88;
  device.law = law;
  device.write_noise = {.kind = WriteNoiseKind::additive, .c2c = 0.035};
  device.spread = {.slope = 0.1, .slope_correlation = 0.3, .window = 0.05, .nonlinearity = 0.1};
  device.read_noise = {.relative = 0.02, .line = 0.1};
  device.stuck = {.low = 0.01, .high = 0.01};
  return device;
}

Scenario scenario(std::string name, int rows, int cols, DeviceConfig const& device) {
  Scenario s;
  s.name = std::move(name);
  s.config = crossbar_of(rows, cols);
  s.config.devices = {device};
  s.config.seeds = {20240607};
  return s;
}

/// Pairs of devices, pulses, stored variation, a coarse converter, write-verify.
Scenario pair_scenario() {
  DeviceConfig device = rough_device();
  device.write_noise.kind = WriteNoiseKind::inverse;
  Scenario s = scenario("pairs", 15, 70, device);
  s.config.slicing.encoding = Encoding::differential;
  s.config.stored_traits = true;
  s.update.fidelity = Fidelity::pulse;
  s.read.mode = ReadMode::bit_serial;
  s.read.dac_bits = 4;
  s.read.adc_bits = 8;
  s.read.adc_step.assign(8, 40000);
  s.write = {.mode = WriteMode::write_verify, .attempts = 7, .tolerance = 0.6F};
  return s;
}

Scenario replica_scenario() {
  Scenario s = scenario("replicas", 33, 17, rough_device());
  s.config.devices.resize(3, rough_device());
  s.config.devices[1].spread.slope = 0.0;
  s.config.devices[2].write_noise.c2c = 0.01;
  s.config.seeds = {5, 6, 7};
  s.config.slicing = {.weight_bits = 32, .cell_bits_lsb_first = std::vector<int>(16, 6)};
  s.config.layer = 2;
  s.update.drive = UpdateDrive::digits;
  s.write.mode = WriteMode::open_loop;
  return s;
}

/// Four devices a digit of which one moves, at random.
Scenario vector_scenario() {
  Scenario s = scenario("vector", 9, 70, rough_device());
  s.config.layer = 3;
  s.config.slicing.encoding = Encoding::vector;
  s.config.slicing.devices_per_cell = 4;
  s.config.slicing.vector_policy = VectorPolicy::random;
  s.write.mode = WriteMode::open_loop;
  return s;
}

Scenario reference_scenario() {
  Scenario s = scenario("reference", 21, 35, rough_device());
  s.config.slicing.encoding = Encoding::reference;
  s.update.drive = UpdateDrive::digits;
  s.write = {.mode = WriteMode::write_verify, .attempts = 5};
  return s;
}

Scenario one_sided_scenario() {
  Scenario s = scenario("one_sided", 17, 66, rough_device());
  s.config.slicing.encoding = Encoding::one_sided;
  s.config.slicing.cell_bits_lsb_first.assign(8, 5);
  s.update.fidelity = Fidelity::pulse;
  s.write = {.mode = WriteMode::write_verify, .attempts = 5};
  s.refresh = RefreshRule{.set_mask = 1, .larger = 0.5F, .smaller = 0.1F};
  return s;
}

/// Devices that hide their state, some replicas' only.
Scenario hidden_scenario() {
  Scenario s = scenario("hidden", 19, 68, rough_device());
  s.config.devices.resize(2, rough_device());
  s.config.devices[0].write_noise.hidden_std = 0.04;
  s.config.seeds = {8, 9};
  s.config.layer = 1;
  s.write = {.mode = WriteMode::write_verify, .attempts = 6, .tolerance = 0.7F};
  return s;
}

}  // namespace

std::vector<Scenario> scenarios() {
  std::vector<Scenario> list;
  list.push_back(scenario("ideal", 129, 33, DeviceConfig{}));
  list.push_back(scenario("rough", 37, 65, rough_device()));
  list.back().config.slicing.cell_bits_lsb_first = {5, 5, 5, 6, 6, 4, 4, 4};
  list.back().config.slicing.digits = DigitSet::two_complement;
  list.push_back(pair_scenario());
  list.push_back(replica_scenario());
  DeviceConfig device = rough_device();
  device.write_noise.kind = WriteNoiseKind::proportional;
  device.rounding = CodeRounding::nearest;
  list.push_back(scenario("analog", 3, 130, device));
  list.back().config.slicing = {.weight_bits = 16, .cell_bits_lsb_first = {16}};
  list.back().read = {.driven = Driven::columns, .mode = ReadMode::bit_serial, .block_lines = 50};
  list.push_back(vector_scenario());
  list.push_back(reference_scenario());
  list.push_back(one_sided_scenario());
  list.push_back(hidden_scenario());
  return list;
}

namespace {

constexpr int examples = 6;

/// Input vectors of `count` examples, drawn example by example for all replicas, so that a split of
/// the batch reads the same vectors.
std::vector<std::int16_t> drawn_inputs(Random& random, Scenario const& scenario, int count) {
  std::size_t const replicas = scenario.config.devices.size();
  auto const lines = static_cast<std::size_t>(
      scenario.read.driven == Driven::rows ? scenario.config.rows : scenario.config.cols);
  auto const n = static_cast<std::size_t>(count);
  std::vector<std::int16_t> inputs(replicas * n * lines);
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t r = 0; r < replicas; ++r) {
      auto const vector = random.words16(lines);
      std::copy(vector.begin(), vector.end(),
                inputs.begin() + static_cast<std::ptrdiff_t>((r * n + k) * lines));
    }
  }
  return inputs;
}

/// Hashes sums example by example, as the inputs were drawn.
void add_sums(Hash& hash, std::vector<i128> const& sums, std::size_t replicas, std::size_t count) {
  std::size_t const width = sums.size() / replicas / count;
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t r = 0; r < replicas; ++r) {
      hash.add(&sums[(r * count + k) * width], width * sizeof(i128));
    }
  }
}

void add_states(Hash& hash, Crossbar const& xbar) {
  for (auto const& codes : {xbar.codes(), xbar.apparent(), xbar.progress()}) {
    if (codes.empty()) continue;
    std::vector<std::int16_t> states;  // without the padding of rows
    for_each_device(xbar.shape(),
                    [&](int, int, int, int, int, std::size_t at) { states.push_back(codes[at]); });
    hash.add(states);
  }
}

}  // namespace

std::uint64_t hash_of(Backend& backend, Scenario const& scenario, int parts) {
  Random random(4711);
  Crossbar xbar(backend, scenario.config);
  Hash hash;
  std::vector<std::int32_t> weights(xbar.weight_count());
  for (auto& weight : weights) weight = random.whole(-20000, 20000);
  WriteOptions write = scenario.write;
  xbar.program(weights, write);
  int const count = examples / parts;
  for (int round = 0; round < 2; ++round) {
    Outer const outer = random_outer(random, scenario.config, examples, 6, 16);
    UpdateOptions update = scenario.update;
    ReadOptions read = scenario.read;
    update.first_step = static_cast<std::uint64_t>(round * examples);
    update.first_turn = update.first_step;
    for (int first = 0; first < examples; first += count)
      xbar.update_part(outer, first, count, update);
    for (int first = 0; first < examples; first += count) {
      read.first_read = static_cast<std::uint64_t>(round * examples + first);
      add_sums(hash, xbar.read(drawn_inputs(random, scenario, count), read),
               scenario.config.devices.size(), static_cast<std::size_t>(count));
    }
    write.event = static_cast<std::uint64_t>(round + 1);
    xbar.resolve(write);
    if (scenario.refresh) xbar.refresh(*scenario.refresh, write);
    add_states(hash, xbar);
  }
  hash.add(xbar.slice_counters());
  hash.add(xbar.layer_counters());
  if (scenario.refresh) hash.add(xbar.pair_counters());
  return hash.value();
}

}  // namespace panther::test
