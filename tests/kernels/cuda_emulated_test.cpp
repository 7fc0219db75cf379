// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The bodies of the tuned CUDA kernels, run on the host, against the plain functors of the CPU
// backend: every case of panther-gpu-check, whole training runs included, with the threads of a
// block in three orders. No GPU is involved: what this verifies is the kernels' arithmetic, indices
// and independence of thread order.

#include <gtest/gtest.h>

#include "host/tools/gpu_check/cases.hpp"
#include "kernels/cuda/update_lanes.hpp"
#include "tests/support/emulated_cuda.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

class EmulatedKernels : public ::testing::TestWithParam<ThreadOrder> {};

TEST_P(EmulatedKernels, EqualThePlainFunctorsBitForBit) {
  auto const plain = make_cpu_backend({.threads = 2, .isa = Isa::scalar});
  auto const emulated = make_emulated_cuda_backend(GetParam());
  auto cases = gpu_check::kernel_cases();
  for (auto& each : gpu_check::training_cases()) cases.push_back(std::move(each));
  for (gpu_check::Case const& each : cases) {
    gpu_check::Replicas const all{0, each.replicas};
    std::string const difference =
        gpu_check::difference(each.run(*plain, all), 0, each.run(*emulated, all));
    EXPECT_EQ(difference, "") << each.group << ", " << each.name;
  }
}

INSTANTIATE_TEST_SUITE_P(ThreadOrders, EmulatedKernels,
                         ::testing::Values(ThreadOrder::ascending, ThreadOrder::descending,
                                           ThreadOrder::scattered));

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
