// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Devices of a layer in random states behind resistive wires: what tests of reads and of updates
// share.

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/wires/seen.hpp"
#include "tests/host/nn/courses.hpp"
#include "tests/support/random.hpp"

namespace panther::test {

inline constexpr SiemensWindow wired_window{1e-6, 9e-6};  // 1 uS to 10 uS
inline constexpr int wired_block_lines = 8;
inline constexpr WireModel wire_models[] = {WireModel::first_order, WireModel::fixed_point,
                                            WireModel::exact};

/// Two replicas of two sets; set 1 is the one that is looked at.
struct WiredLayer {
  WiredLayer(Random& random, int rows, int cols, Encoding encoding)
      : slicing(make_slicing({.encoding = encoding})),
        shape{.replicas = 2,
              .sets = 2,
              .planes = slicing.planes(),
              .rows = rows,
              .cols = cols,
              .stride = aligned_columns(cols)},
        codes(static_cast<std::size_t>(shape.devices()), 0) {
    for (std::int64_t line = 0; line < shape.devices() / shape.stride; ++line) {
      for (int col = 0; col < shape.cols; ++col) {
        codes[static_cast<std::size_t>(line * shape.stride + col)] =
            static_cast<std::int16_t>(random.whole(-20000, 20000));
      }
    }
  }

  /// Of an array laid out as codes, set 1: [replica][plane][row][column].
  template <class T>
  std::vector<T> of_set(std::vector<T> const& all) const {
    std::vector<T> kept;
    for (int line = 0; line < shape.replicas * shape.planes * shape.rows; ++line) {
      int const row = line % shape.rows;
      int const plane = line / shape.rows % shape.planes;
      int const replica = line / shape.rows / shape.planes;
      for (int col = 0; col < shape.cols; ++col) {
        kept.push_back(all[static_cast<std::size_t>(shape.index(replica, 1, plane, row, col))]);
      }
    }
    return kept;
  }

  /// The same of memory of a backend.
  template <class T>
  std::vector<T> of_set(Backend& backend, T const* memory) const {
    std::vector<T> all(codes.size());
    backend.download(all.data(), memory, all.size() * sizeof(T));
    return of_set(all);
  }

  WiredDevices devices() const { return {shape, slicing, {wired_window, wired_window}, 1}; }

  Slicing slicing;
  XbarShape shape;
  std::vector<std::int16_t> codes;
};

/// Wires of different resistances, all in proportion to `ohm`.
template <class Config>
Config wires_of(WireModel model, double ohm) {
  Config config;
  config.model = model;
  config.word_ohm = ohm;
  config.bit_ohm = 0.5 * ohm;
  config.driver_ohm = 3.0 * ohm;
  config.sense_ohm = 2.0 * ohm;
  return config;
}

/// The largest drop per volt that a device of a block can have: all devices at their highest.
inline double largest_drop(WireParams const& config) {
  double const currents = wired_block_lines * (wired_window.lowest + wired_window.width);
  double const half = 0.5 * (wired_block_lines + 1);  // segments to a line's cell, on average
  return currents *
         (config.driver_ohm + half * config.word_ohm + config.sense_ohm + half * config.bit_ohm);
}

/// A small training run, on wires that its test sets.
inline RunConfig wired_run() {
  RunConfig config;
  config.network.layers = dense_layers({16}, 10);
  config.training.learning_rate = 0.05;
  config.crs.every = 16;
  return config;
}

inline void set_lines(WireDropConfig& wires, WireModel model, double ohm) {
  wires.model = model;
  wires.word_ohm = ohm;
  wires.bit_ohm = ohm;
}

/// check() refuses lines with two ends and no resistance, naming `group`.
inline void expect_refused_ends(RunConfig const& config, std::string const& group) {
  try {
    check(config);
    FAIL() << "accepted";
  } catch (std::invalid_argument const& error) {
    EXPECT_NE(std::string(error.what()).find(group), std::string::npos) << error.what();
  }
}

/// An iteration that had not converged is not used; the message names `group`.
template <class Look>
void expect_unconverged(Look const& look, std::string const& group) {
  try {
    look();
    FAIL() << "an iteration that had not converged was used";
  } catch (std::runtime_error const& error) {
    EXPECT_NE(std::string(error.what()).find(group + ".iterations = 1"), std::string::npos)
        << error.what();
  }
}

}  // namespace panther::test
