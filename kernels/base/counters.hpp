// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What kernels count. Integer sums: independent of the order of threads and backends.

#include <cstdint>

#include "devicemodels/core/hd.hpp"

namespace panther {

/// Per replica and slice, over all sets of a layer. A line of cache each: threads count into them.
struct alignas(64) SliceCounters {
  std::uint64_t updates;         // device updates: moves by a nonzero number of steps
  std::uint64_t steps;           // level steps asked for by updates
  std::uint64_t saturations;     // updates that hit a bound of the device
  std::uint64_t conversions;     // ADC conversions
  std::uint64_t clips;           // ADC conversions outside the converter's range
  std::uint64_t cells_written;   // cells written by carry resolution and programming
  std::uint64_t write_steps;     // level steps spent on those writes
  std::uint64_t write_failures;  // write-verify gave up
};

/// Per replica and layer.
struct LayerCounters {
  std::uint64_t update_overflows;   // outer products of more bits than the weight has
  std::uint64_t weights_saturated;  // weights that digits or cells could not hold
  std::uint64_t outputs_saturated;  // forward activations clipped to 16 bits
  std::uint64_t errors_saturated;   // back-propagated errors clipped to 16 bits
  std::uint64_t drives_saturated;   // scaled errors U clipped to 16 bits
};

/// Adds to a counter that other threads may add to. No order is implied; the total is exact.
PANTHER_HD void count(std::uint64_t& counter, std::uint64_t amount) {
  if (amount == 0) return;
#if defined(__CUDA_ARCH__)
  atomicAdd(reinterpret_cast<unsigned long long*>(&counter),
            static_cast<unsigned long long>(amount));
#else
  __atomic_fetch_add(&counter, amount, __ATOMIC_RELAXED);
#endif
}

/// A shared maximum that other threads may be raising.
PANTHER_HD std::int32_t raised(std::int32_t const& maximum) {
#if defined(__CUDA_ARCH__)
  return *static_cast<std::int32_t const volatile*>(&maximum);
#else
  return __atomic_load_n(&maximum, __ATOMIC_RELAXED);
#endif
}

/// Raises a shared maximum.
PANTHER_HD void raise(std::int32_t& maximum, std::int32_t value) {
#if defined(__CUDA_ARCH__)
  atomicMax(&maximum, value);
#else
  std::int32_t seen = __atomic_load_n(&maximum, __ATOMIC_RELAXED);
  while (seen < value && !__atomic_compare_exchange_n(&maximum, &seen, value, true,
                                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
#endif
}

}  // namespace panther
