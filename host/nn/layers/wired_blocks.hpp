// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A layer's devices as the physical crossbars that they lie in, each with wires of its own.

#include <algorithm>
#include <string>
#include <vector>

#include "host/nn/wires_config.hpp"
#include "kernels/wires/seen.hpp"
#include "kernels/wires/solve.hpp"
#include "kernels/xbar/read.hpp"

namespace panther {

/// Devices of a layer: their shape, slicing and windows, [replica].
struct WiredDevices {
  XbarShape shape;
  Slicing slicing;
  std::vector<SiemensWindow> windows;
  int layer;
};

/// Devices [row, row + rows) x [col, col + cols) of every plane: a crossbar each.
struct WiredBlock {
  int row;
  int col;
  int rows;
  int cols;

  std::size_t devices() const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  }

  /// device(plane, index of its code), [replica][plane][row][column], of one set.
  template <class Device>
  void visit(SeenArgs const& args, Device const& device) const {
    std::int64_t const planes = static_cast<std::int64_t>(args.shape.replicas) * args.shape.planes;
    for (std::int64_t plane = 0; plane < planes; ++plane) {
      SeenPlane const window = args.plane_of(plane);
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < cols; ++j) {
          device(window, static_cast<std::size_t>(args.code_index(plane, row + i, col + j)));
        }
      }
    }
  }
};

static_assert(max_block_lines <= max_wire_lines);

inline std::vector<WiredBlock> blocks_of(XbarShape const& shape, int block_lines) {
  std::vector<WiredBlock> blocks;
  for (int row = 0; row < shape.rows; row += block_lines) {
    for (int col = 0; col < shape.cols; col += block_lines) {
      blocks.push_back({row, col, std::min(block_lines, shape.rows - row),
                        std::min(block_lines, shape.cols - col)});
    }
  }
  return blocks;
}

/// Throws std::runtime_error, naming the keys of `group`, if an input has not converged.
void require_converged(std::vector<WireOutcome> const& outcomes, WireDropConfig const& config,
                       std::string const& group, int layer);

}  // namespace panther
