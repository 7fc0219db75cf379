// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random crossbars for property tests: presets and mixed cells, both digit sets and encodings,
// ragged shapes.

#include <string>
#include <vector>

#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {

/// A slicing of any of the kinds that the presets have, and heterogeneous ones.
inline SlicingConfig random_slicing(Random& random) {
  static std::vector<SlicingConfig> const kinds = {
      {.weight_bits = 16, .cell_bits_lsb_first = {6, 6, 6, 6, 6, 6, 6, 6}},
      {.weight_bits = 16, .cell_bits_lsb_first = {5, 5, 5, 6, 6, 4, 4, 4}},
      {.weight_bits = 16, .cell_bits_lsb_first = {3, 3, 3, 3, 3, 3, 3, 3}},
      {.weight_bits = 16, .cell_bits_lsb_first = {4, 16, 3, 9, 5, 7, 12, 6}},
      {.weight_bits = 16, .cell_bits_lsb_first = {6, 5, 7, 6}},
      {.weight_bits = 16, .cell_bits_lsb_first = {16}},
      {.weight_bits = 12, .cell_bits_lsb_first = {16}},
      {.weight_bits = 32, .cell_bits_lsb_first = {6, 6, 6, 6, 6, 6, 6, 6}},
      {.weight_bits = 32, .cell_bits_lsb_first = {6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6}},
      {.weight_bits = 32, .cell_bits_lsb_first = {16, 9, 10, 8}},
  };
  SlicingConfig slicing = random.pick(kinds);
  slicing.digits = random.pick<DigitSet>({DigitSet::two_complement, DigitSet::balanced});
  slicing.encoding = random.pick<Encoding>({Encoding::offset, Encoding::differential});
  return slicing;
}

/// The same with cells of several devices other than the differential pair.
inline SlicingConfig random_compound_slicing(Random& random) {
  SlicingConfig slicing = random_slicing(random);
  slicing.encoding =
      random.pick<Encoding>({Encoding::vector, Encoding::vector, Encoding::vector,
                             Encoding::reference, Encoding::one_sided, Encoding::one_sided});
  if (slicing.encoding != Encoding::vector) return slicing;
  bool const many = slicing.cell_bits_lsb_first.size() > 8;
  slicing.devices_per_cell = many ? random.pick<int>({2, 4}) : random.pick<int>({2, 4, 8});
  slicing.vector_policy = random.pick<VectorPolicy>(
      {VectorPolicy::all, VectorPolicy::sequential, VectorPolicy::random});
  return slicing;
}

/// Ragged sizes on both sides of vectors, blocks of lines and groups of columns.
inline CrossbarConfig random_crossbar(Random& random) {
  static std::vector<std::pair<int, int>> const shapes = {
      {1, 1},   {1, 17}, {1, 130}, {17, 1},  {200, 1}, {127, 15}, {129, 17}, {128, 64},
      {200, 9}, {3, 63}, {5, 65},  {9, 130}, {40, 33}, {31, 32},  {2, 193},  {64, 16}};
  CrossbarConfig config;
  std::pair<int, int> const shape = random.pick(shapes);
  config.rows = shape.first;
  config.cols = shape.second;
  config.sets = random.whole(1, 3);
  config.layer = random.whole(0, 5);
  config.slicing = random_slicing(random);
  auto const replicas = static_cast<std::size_t>(random.pick<int>({1, 1, 2, 3}));
  config.devices.resize(replicas);
  config.seeds.resize(replicas);
  for (auto& seed : config.seeds) seed = random.word();
  return config;
}

inline std::string describe(CrossbarConfig const& config) {
  std::string text = std::to_string(config.rows) + "x" + std::to_string(config.cols) + ", " +
                     std::to_string(config.sets) + " sets, " +
                     std::to_string(config.devices.size()) + " replicas, " +
                     std::to_string(config.slicing.weight_bits) + " bits in cells";
  for (int const bits : config.slicing.cell_bits_lsb_first) text += " " + std::to_string(bits);
  text += ", " + std::string(enum_name(config.slicing.digits));
  text += ", " + std::string(enum_name(config.slicing.encoding));
  return text + " " + std::to_string(devices_of_cell(config.slicing)) + " " +
         std::string(enum_name(config.slicing.vector_policy));
}

/// The cell of a plane.
inline int cell_of(CrossbarConfig const& config, int plane) {
  int const slice = plane / devices_of_cell(config.slicing);
  return config.slicing.cell_bits_lsb_first[static_cast<std::size_t>(slice)];
}

/// Calls f(replica, set, plane, row, col, index of the code) for every device.
template <class F>
void for_each_device(XbarShape const& shape, F&& f) {
  for (int replica = 0; replica < shape.replicas; ++replica) {
    for (int set = 0; set < shape.sets; ++set) {
      for (int plane = 0; plane < shape.planes; ++plane) {
        for (int row = 0; row < shape.rows; ++row) {
          for (int col = 0; col < shape.cols; ++col) {
            f(replica, set, plane, row, col,
              static_cast<std::size_t>(shape.index(replica, set, plane, row, col)));
          }
        }
      }
    }
  }
}

/// Any state: codes of the whole window, often at its ends.
inline std::vector<std::int16_t> random_codes(Random& random, CrossbarConfig const& config,
                                              Crossbar const& xbar) {
  auto codes = xbar.codes();
  for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
    int const unit = 1 << (16 - cell_of(config, plane));
    int const range = 65536 - unit;
    int const kind = random.whole(0, 7);
    int const position = kind == 0 ? 0 : (kind == 1 ? range : random.whole(0, range));
    codes[at] = static_cast<std::int16_t>(position - 32768);
  });
  return codes;
}

/// Whole levels of the middle of each cell's window: `share` of the levels on each side of 0.
inline std::vector<std::int16_t> random_levels(Random& random, CrossbarConfig const& config,
                                               Crossbar const& xbar, double share = 1.0) {
  auto codes = xbar.codes();
  int const pair = config.slicing.encoding == Encoding::differential ? 2 : 1;
  for_each_device(xbar.shape(), [&](int r, int set, int plane, int row, int col, std::size_t at) {
    int const cell = cell_of(config, plane);
    if (plane % pair == 1) {  // both devices of a pair stand for the same level
      codes[at] = codes[static_cast<std::size_t>(xbar.shape().index(r, set, plane - 1, row, col))];
      return;
    }
    auto const reach = static_cast<int>(share * (1 << (cell - 1)));
    int const level = random.whole(-reach, reach > 0 ? reach - 1 : 0);
    codes[at] = static_cast<std::int16_t>(level * (1 << (16 - cell)));
  });
  return codes;
}

/// Input vectors of all replicas.
inline std::vector<std::int16_t> random_inputs(Random& random, CrossbarConfig const& config,
                                               Driven driven, int examples) {
  auto const lines = static_cast<std::size_t>(driven == Driven::rows ? config.rows : config.cols);
  return random.words16(config.devices.size() * static_cast<std::size_t>(examples) * lines);
}

/// Outer products of words of any size; drops lie in [low_drop, high_drop].
inline Outer random_outer(Random& random, CrossbarConfig const& config, int examples, int low_drop,
                          int high_drop) {
  Outer outer;
  outer.examples = examples;
  auto const vectors = config.devices.size() * static_cast<std::size_t>(examples);
  outer.x = random.words16(vectors * static_cast<std::size_t>(config.rows));
  outer.u = random.words16(vectors * static_cast<std::size_t>(config.cols));
  outer.drop.resize(vectors);
  for (auto& drop : outer.drop) drop = random.whole(low_drop, high_drop);
  return outer;
}

}  // namespace panther::test
