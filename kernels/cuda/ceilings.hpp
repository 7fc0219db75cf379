// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the current GPU can do at most, measured: the yardstick of the kernels' throughput.

namespace panther::cuda {

struct Ceilings {
  double copy_bytes;     // bytes read plus bytes written a second, large copy
  double imad_products;  // 32-bit integer products a second
  double dp2a_products;  // int16 x int8 products a second, two an instruction
  double dp4a_products;  // int8 x int8 products a second, four an instruction
};

/// Takes about a second. Throws BackendError.
Ceilings measure_ceilings();

}  // namespace panther::cuda
