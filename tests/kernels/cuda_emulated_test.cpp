// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The bodies of the tuned CUDA kernels, run on the host, against the plain functors of the CPU
// backend: every case of panther-gpu-check, whole training runs included, with the threads of a
// block in three orders. No GPU is involved: what this verifies is the kernels' arithmetic, indices
// and independence of thread order.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "host/tools/gpu_check/cases.hpp"
#include "kernels/cuda/update_lanes.hpp"
#include "tests/support/emulated_cuda.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

/// With less effort in one order.
std::vector<ThreadOrder> thread_orders() {
  std::vector<ThreadOrder> orders = {ThreadOrder::scattered, ThreadOrder::ascending,
                                     ThreadOrder::descending};
  orders.resize(std::min(orders.size(), static_cast<std::size_t>(trials(3))));
  return orders;
}

void expect_plain_results(std::vector<gpu_check::Case> const& cases) {
  auto const plain = make_cpu_backend({.threads = 2, .isa = Isa::scalar});
  for (gpu_check::Case const& each : cases) {
    gpu_check::Replicas const all{0, each.replicas};
    auto const expected = each.run(*plain, all);
    for (ThreadOrder const order : thread_orders()) {
      auto const emulated = make_emulated_cuda_backend(order);
      EXPECT_EQ(gpu_check::difference(expected, 0, each.run(*emulated, all)), "")
          << each.group << ", " << each.name << ", thread order " << static_cast<int>(order);
    }
  }
}

TEST(EmulatedKernels, EqualThePlainFunctorsBitForBit) {
  expect_plain_results(gpu_check::kernel_cases());
}

TEST(EmulatedKernels, TrainAsThePlainFunctorsDo) {
  expect_plain_results(gpu_check::training_cases());
}

TEST(PopulationCounts, GiveTheStepsOfAStream) {
  Random random(20);
  for (int trial = 0; trial < trials(20000); ++trial) {
    std::uint32_t const x = magnitude_of(random.word16());
    std::uint32_t const u = magnitude_of(random.word16());
    int const digit_bits = random.whole(1, 16);
    int const slice = random.whole(0, 32 / digit_bits - 1);
    int const drop = random.whole(-40, 40);
    ASSERT_EQ(cuda::streamed_steps_by_count(x, u, drop, slice, digit_bits),
              streamed_steps(x, u, drop, slice, digit_bits))
        << random.trace() << ": x " << x << ", u " << u << ", drop " << drop << ", slice " << slice
        << ", digit bits " << digit_bits;
  }
}

}  // namespace
}  // namespace panther::test
