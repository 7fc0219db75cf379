// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Histogram of levels with CUB. CUB counts into bins of its own, which are then added to the
// caller's: bins add up over planes and calls.

#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <cub/device/device_histogram.cuh>

#include "kernels/cuda/launch.cuh"

namespace panther::cuda {

namespace {

/// Bin of the device at a position counted along the rows.
struct BinAt {
  HistogramArgs args;
  __host__ __device__ std::int32_t operator()(std::int64_t position) const {
    return level_bin(args, position / args.cols, position % args.cols);
  }
};

struct AddBins {
  std::uint64_t* to;
  unsigned long long const* from;
  std::int64_t bins;
  PANTHER_HD std::int64_t items() const { return bins; }
  PANTHER_HD void operator()(std::int64_t bin) const { to[bin] += from[bin]; }
};

}  // namespace

void queue_histogram(Queue const& queue, HistogramArgs const& args) {
  std::int64_t const devices = static_cast<std::int64_t>(args.rows) * args.cols;
  int const bins = 1 << args.cell_bits;
  auto const samples =
      thrust::make_transform_iterator(thrust::counting_iterator<std::int64_t>(0), BinAt{args});
  std::size_t const bins_bytes =
      (static_cast<std::size_t>(bins) * sizeof(std::uint64_t) + 255) & ~std::size_t{255};
  std::size_t work_bytes = 0;
  unsigned long long* counted = nullptr;
  auto const run = [&](void* work) {
    return cub::DeviceHistogram::HistogramEven(work, work_bytes, samples, counted, bins + 1, 0,
                                               bins, devices, queue.stream.get());
  };
  check(run(nullptr), "cub::DeviceHistogram::HistogramEven (size of its memory)");
  auto* const memory = static_cast<char*>(queue.scratch.reserve(bins_bytes + work_bytes));
  counted = reinterpret_cast<unsigned long long*>(memory);
  check(run(memory + bins_bytes), "cub::DeviceHistogram::HistogramEven");
  DeviceLauncher(queue).items(AddBins{args.bins, counted, bins});
}

}  // namespace panther::cuda
