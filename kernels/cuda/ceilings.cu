// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Ceilings: a copy of 16 bytes a thread and turn; integer products in eight independent chains a
// thread, so that latency is hidden, with operands that the compiler cannot know.

#include "kernels/cuda/ceilings.hpp"

#include <algorithm>

#include "kernels/base/backend.hpp"
#include "kernels/cuda/check.hpp"
#include "kernels/cuda/device_memory.hpp"

namespace panther::cuda {

namespace {

constexpr int threads = 256;
constexpr int chains = 8;
constexpr int turns = 4096;

struct Imad {
  static constexpr int products = 1;
  __device__ static int step(int a, int b) { return a * b + b; }  // no power of b to fold
};
struct Dp2a {
  static constexpr int products = 2;
  __device__ static int step(int a, int b) { return __dp2a_lo(b, a, a); }
};
struct Dp4a {
  static constexpr int products = 4;
  __device__ static int step(int a, int b) { return __dp4a(a, b, a); }
};

template <class Operation>
__global__ void __launch_bounds__(threads) multiply(int b, int* out) {
  int value[chains];
#pragma unroll
  for (int k = 0; k < chains; ++k) value[k] = static_cast<int>(threadIdx.x) + k;
  for (int turn = 0; turn < turns; ++turn) {
#pragma unroll
    for (int k = 0; k < chains; ++k) value[k] = Operation::step(value[k], b);
  }
  int sum = 0;
#pragma unroll
  for (int k = 0; k < chains; ++k) sum += value[k];
  if (sum == b) *out = sum;  // keeps the chains alive; a race of equal values at most
}

__global__ void __launch_bounds__(threads) copy(uint4* to, uint4 const* from, std::size_t words) {
  std::size_t const stride = static_cast<std::size_t>(gridDim.x) * threads;
  for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * threads + threadIdx.x; i < words;
       i += stride) {
    to[i] = from[i];
  }
}

class Timer {
 public:
  Timer() {
    check(cudaEventCreate(&begin_), "cudaEventCreate");
    check(cudaEventCreate(&end_), "cudaEventCreate");
  }
  ~Timer() {
    cudaEventDestroy(begin_);
    cudaEventDestroy(end_);
  }
  Timer(Timer const&) = delete;
  Timer& operator=(Timer const&) = delete;

  /// Seconds of the fastest of some launches, after one to warm up.
  template <class Launch>
  double fastest(Stream const& stream, Launch const& launch) {
    double best = 1e30;
    for (int i = 0; i < 6; ++i) {
      check(cudaEventRecord(begin_, stream.get()), "cudaEventRecord");
      launch();
      check_launch("launch of a ceiling");
      check(cudaEventRecord(end_, stream.get()), "cudaEventRecord");
      stream.synchronise();
      float milliseconds = 0.0F;
      check(cudaEventElapsedTime(&milliseconds, begin_, end_), "cudaEventElapsedTime");
      if (i > 0) best = std::min(best, 1e-3 * static_cast<double>(milliseconds));
    }
    return best;
  }

 private:
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
};

int multiprocessors() {
  int device = 0;
  int count = 0;
  check(cudaGetDevice(&device), "cudaGetDevice");
  check(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device),
        "cudaDeviceGetAttribute");
  return count;
}

template <class Operation>
double products_a_second(Stream const& stream, Scratch& scratch, Timer& timer) {
  auto const blocks = static_cast<unsigned>(multiprocessors() * 16);
  auto* const out = static_cast<int*>(scratch.reserve(sizeof(int)));
  double const seconds = timer.fastest(
      stream, [&] { multiply<Operation><<<blocks, threads, 0, stream.get()>>>(0x01020301, out); });
  return static_cast<double>(blocks) * threads * turns * chains * Operation::products / seconds;
}

double copied_bytes_a_second(Stream const& stream, Scratch& scratch, Timer& timer) {
  std::size_t const bytes = std::size_t{512} << 20;  // each way: far larger than any L2 cache
  auto* const memory = static_cast<char*>(scratch.reserve(2 * bytes));
  auto const blocks = static_cast<unsigned>(multiprocessors() * 32);
  double const seconds = timer.fastest(stream, [&] {
    copy<<<blocks, threads, 0, stream.get()>>>(reinterpret_cast<uint4*>(memory + bytes),
                                               reinterpret_cast<uint4 const*>(memory),
                                               bytes / sizeof(uint4));
  });
  return 2.0 * static_cast<double>(bytes) / seconds;
}

}  // namespace

Ceilings measure_ceilings() {
  Stream const stream;
  Scratch scratch(stream);
  Timer timer;
  return {copied_bytes_a_second(stream, scratch, timer),
          products_a_second<Imad>(stream, scratch, timer),
          products_a_second<Dp2a>(stream, scratch, timer),
          products_a_second<Dp4a>(stream, scratch, timer)};
}

}  // namespace panther::cuda
