// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The seam between a core and its crossbars: what a matrix instruction asks of an arithmetic.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "devicemodels/core/fields.hpp"
#include "host/arch/ids.hpp"
#include "host/arch/machine.hpp"

namespace panther::machine {

/// What devices and converters went through; zeros where the arithmetic knows none.
struct CrossbarCounters {
  std::uint64_t device_updates = 0;
  std::uint64_t update_steps = 0;
  std::uint64_t update_saturations = 0;
  std::uint64_t update_overflows = 0;
  std::uint64_t conversions = 0;
  std::uint64_t conversions_clipped = 0;
  std::uint64_t cells_written = 0;
  std::uint64_t write_steps = 0;
  std::uint64_t write_failures = 0;
  std::uint64_t weights_saturated = 0;
  std::uint64_t outputs_saturated = 0;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    auto const counter = [&visit](std::string_view name, auto& value, std::string_view doc) {
      visit(name, value, Field{.unit = "1", .doc = doc});
    };
    counter("device_updates", s.device_updates, "moves of a device by an outer product");
    counter("update_steps", s.update_steps, "level steps that outer products asked for");
    counter("update_saturations", s.update_saturations, "of the moves, those that hit a bound");
    counter("update_overflows", s.update_overflows, "products of more bits than a weight has");
    counter("conversions", s.conversions, "conversions of bit-serial reads");
    counter("conversions_clipped", s.conversions_clipped, "of these, outside the full scale");
    counter("cells_written", s.cells_written, "cells that crs and weight programming wrote");
    counter("write_steps", s.write_steps, "level steps of those writes");
    counter("write_failures", s.write_failures, "cells that write_verify gave up on");
    counter("weights_saturated", s.weights_saturated, "weights that their cells could not hold");
    counter("outputs_saturated", s.outputs_saturated, "words of products clipped to 16 bits");
  }

  void add(CrossbarCounters const& other) {
    device_updates += other.device_updates;
    update_steps += other.update_steps;
    update_saturations += other.update_saturations;
    update_overflows += other.update_overflows;
    conversions += other.conversions;
    conversions_clipped += other.conversions_clipped;
    cells_written += other.cells_written;
    write_steps += other.write_steps;
    write_failures += other.write_failures;
    weights_saturated += other.weights_saturated;
    outputs_saturated += other.outputs_saturated;
  }
};

/// The crossbars f, b and d of all matrices of one core. All spans hold xbar_size words, weights
/// xbar_size x xbar_size words with the index of the input line first.
class MatrixEngine {
 public:
  virtual ~MatrixEngine() = default;

  /// Programs a matrix; f and b hold `weights`, d holds nothing.
  virtual void set_weights(std::uint32_t matrix, std::span<Word const> weights) = 0;
  /// The weights that f holds, read without noise; counts nothing.
  virtual void get_weights(std::uint32_t matrix, std::span<Word> weights) const = 0;
  /// out = product of f with `in`, the rows driven.
  virtual void mvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) = 0;
  /// out = product of b with `in`, the columns driven.
  virtual void mtvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) = 0;
  /// Accumulates the outer product of `rows` and `columns` on d.
  virtual void outer_product(std::uint32_t matrix, std::span<Word const> rows,
                             std::span<Word const> columns) = 0;
  /// Folds what d has accumulated into f and b.
  virtual void resolve(std::uint32_t matrix) = 0;
  /// Of all matrices since the start.
  virtual CrossbarCounters counters() const { return {}; }
};

/// Makes the engine of one core; called when the core first needs it.
using MatrixEngineFactory =
    std::function<std::unique_ptr<MatrixEngine>(Machine const&, TileId, CoreId)>;

}  // namespace panther::machine
