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

/// Like `base`, with the state-dependent noise and the pair of devices.
Scenario pair_scenario() {
  DeviceConfig device = rough_device();
  device.write_noise.kind = WriteNoiseKind::inverse;
  Scenario s = scenario("pairs", 31, 130, device);
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
  Scenario s = scenario("replicas", 65, 17, rough_device());
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

}  // namespace

std::vector<Scenario> scenarios() {
  std::vector<Scenario> list;
  list.push_back(scenario("ideal", 129, 63, DeviceConfig{}));
  list.push_back(scenario("rough", 129, 63, rough_device()));
  list.back().config.slicing.cell_bits_lsb_first = {5, 5, 5, 6, 6, 4, 4, 4};
  list.back().config.slicing.digits = DigitSet::two_complement;
  list.push_back(pair_scenario());
  list.push_back(replica_scenario());
  DeviceConfig device = rough_device();
  device.write_noise.kind = WriteNoiseKind::proportional;
  device.rounding = CodeRounding::nearest;
  list.push_back(scenario("analog", 3, 200, device));
  list.back().config.slicing = {.weight_bits = 16, .cell_bits_lsb_first = {16}};
  list.back().read = {.driven = Driven::columns, .mode = ReadMode::bit_serial, .block_lines = 50};
  return list;
}

std::uint64_t hash_of(Backend& backend, Scenario const& scenario, int parts) {
  Random random(4711);
  CrossbarConfig const& config = scenario.config;
  Crossbar xbar(backend, config);
  Hash hash;
  std::vector<std::int32_t> weights(xbar.weight_count());
  for (auto& weight : weights) weight = random.whole(-20000, 20000);
  WriteOptions write = scenario.write;
  xbar.program(weights, write);
  int const examples = 6;
  for (int round = 0; round < 2; ++round) {
    Outer const outer = random_outer(random, config, examples, 6, 16);
    UpdateOptions update = scenario.update;
    update.first_step = static_cast<std::uint64_t>(round * examples);
    for (int part = 0; part < parts; ++part) {
      int const first = part * examples / parts;
      xbar.update_part(outer, first, (part + 1) * examples / parts - first, update);
    }
    auto const lines =
        static_cast<std::size_t>(scenario.read.driven == Driven::rows ? config.rows : config.cols);
    for (int n = 0; n < examples; n += examples / parts) {
      // Inputs are drawn example by example for all replicas, so that a split reads the same
      // vectors.
      int const count = examples / parts;
      std::vector<std::int16_t> inputs(config.devices.size() * static_cast<std::size_t>(count) *
                                       lines);
      for (int k = 0; k < count; ++k) {
        for (std::size_t r = 0; r < config.devices.size(); ++r) {
          auto const vector = random.words16(lines);
          std::copy(
              vector.begin(), vector.end(),
              inputs.begin() +
                  static_cast<std::ptrdiff_t>(
                      (r * static_cast<std::size_t>(count) + static_cast<std::size_t>(k)) * lines));
        }
      }
      ReadOptions read = scenario.read;
      read.first_read = static_cast<std::uint64_t>(round * examples + n);
      auto const sums = xbar.read(inputs, read);
      // Hashed example by example, as they were drawn.
      std::size_t const width =
          sums.size() / config.devices.size() / static_cast<std::size_t>(count);
      for (int k = 0; k < count; ++k) {
        for (std::size_t r = 0; r < config.devices.size(); ++r) {
          hash.add(
              &sums[(r * static_cast<std::size_t>(count) + static_cast<std::size_t>(k)) * width],
              width * sizeof(i128));
        }
      }
    }
    write.event = static_cast<std::uint64_t>(round + 1);
    xbar.resolve(write);
    std::vector<std::int16_t> states;
    auto const codes = xbar.codes();
    for_each_device(xbar.shape(),
                    [&](int, int, int, int, int, std::size_t at) { states.push_back(codes[at]); });
    hash.add(states);
  }
  hash.add(xbar.slice_counters());
  hash.add(xbar.layer_counters());
  return hash.value();
}

}  // namespace panther::test
