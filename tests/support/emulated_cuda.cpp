// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/emulated_cuda.hpp"

#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "kernels/cpu/run_time_moves.hpp"
#include "kernels/cuda/launch_read.hpp"
#include "kernels/cuda/loss_blocks.hpp"
#include "kernels/cuda/resolve_blocks.hpp"
#include "kernels/cuda/update_lanes.hpp"
#include "kernels/cuda/vector_kernels.hpp"
#include "kernels/cuda/wire_blocks.hpp"
#include "kernels/wires/follow.hpp"
#include "kernels/wires/shares.hpp"
#include "kernels/xbar/analog_read.hpp"

namespace panther::test {

namespace {

constexpr std::size_t memory_alignment = 256;  // of cudaMalloc
constexpr int poison = 0xA5;

void* aligned_memory(std::size_t bytes) {
  std::size_t const padded = (bytes / memory_alignment + 1) * memory_alignment;
  void* const memory = std::aligned_alloc(memory_alignment, padded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

/// Uninitialised memory of one object, filled with a pattern that no kernel expects.
template <class T>
class Poisoned {
 public:
  Poisoned() { fill(); }
  void fill() { std::memset(bytes_, poison, sizeof bytes_); }
  T& get() { return *std::launder(reinterpret_cast<T*>(bytes_)); }

 private:
  alignas(T) unsigned char bytes_[sizeof(T)];
};

/// The launcher of a host: what kernels/cuda/launch.cuh is on a GPU.
class EmulatedLauncher {
 public:
  explicit EmulatedLauncher(ThreadOrder order) : order_(order) {}

  template <cuda::BlockKernel Kernel>
  void blocks(Kernel const& kernel) {
    int const threads = kernel.threads();
    if (threads > Kernel::max_threads || threads % cuda::warp_threads != 0) std::abort();
    auto shared = std::make_unique<Poisoned<typename Kernel::Shared>>();
    std::vector<Poisoned<typename Kernel::Private>> mine(static_cast<std::size_t>(threads));
    for (std::int64_t i = 0; i < kernel.blocks(); ++i) {
      shared->fill();
      for (auto& each : mine) each.fill();
      std::int64_t const block = at(i, kernel.blocks());
      for (int step = 0; step < kernel.steps(); ++step) {
        for (int k = 0; k < threads; ++k) {
          auto const thread = static_cast<int>(at(k, threads));
          kernel.step(step, block, thread, shared->get(),
                      mine[static_cast<std::size_t>(thread)].get());
        }
      }
    }
  }

  template <class Vector>
  void vectors(Vector const& op) {
    cuda::VectorKernel<Vector> const kernel{op};
    for (std::int64_t vector = 0; vector < kernel.vectors(); ++vector) {
      std::int32_t key = 0;
      std::int32_t saturated = 0;
      for (int i = 0; i < kernel.threads; ++i) {
        key = larger(key, kernel.key(vector, static_cast<int>(at(i, kernel.threads))));
      }
      for (int i = 0; i < kernel.threads; ++i) {
        saturated += kernel.convert(vector, static_cast<int>(at(i, kernel.threads)), key);
      }
      kernel.finish(vector, key, saturated);
    }
  }

  template <class Functor>
  void items(Functor const& functor) {
    for (std::int64_t i = 0; i < functor.items(); ++i) functor(at(i, functor.items()));
  }

  /// Units of crossbars with resistive wires, as kernels/cuda/wires.cu runs them.
  void wires(WireSolveArgs const& args) {
    cuda::WireBlocks const kernel{args};
    std::int64_t const doubles = WireWorkspace(args).doubles();
    Poisoned<cuda::WireBlocks::Shared> memory_of_block;
    cuda::WireBlocks::Shared& shared = memory_of_block.get();
    auto const step = [&](auto const& of_thread) {
      for (int k = 0; k < kernel.threads; ++k) {
        of_thread(static_cast<int>(at(k, kernel.threads)));
      }
    };
    for (std::int64_t i = 0; i < args.units(); ++i) {
      std::int64_t const unit = at(i, args.units());
      auto* const memory =
          static_cast<double*>(scratch(doubles * static_cast<std::int64_t>(sizeof(double))));
      step([&](int thread) { kernel.start(unit, thread, memory, shared); });
      step([&](int thread) { kernel.prepare(thread, memory); });
      while (shared.phase != WirePhase::finished) {
        step([&](int thread) { kernel.work(thread, memory, shared); });
        step([&](int thread) { kernel.take(thread, memory, shared); });
        step([&](int thread) { kernel.decide(thread, shared); });
      }
      step([&](int thread) { kernel.finish(unit, thread, memory, shared); });
    }
  }

  void* scratch(std::int64_t bytes) {
    scratch_.reset(aligned_memory(static_cast<std::size_t>(bytes)));
    std::memset(scratch_.get(), poison, static_cast<std::size_t>(bytes));
    return scratch_.get();
  }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  /// The i-th of `all` in this launcher's order. 7919 is prime, so scattered visits each once
  /// unless `all` is a multiple of it.
  std::int64_t at(std::int64_t i, std::int64_t all) const {
    if (order_ == ThreadOrder::descending) return all - 1 - i;
    if (order_ == ThreadOrder::scattered && all % 7919 != 0) return i * 7919 % all;
    return i;
  }

  ThreadOrder order_;
  std::unique_ptr<void, Free> scratch_;
};

class EmulatedCudaBackend final : public Backend {
 public:
  explicit EmulatedCudaBackend(ThreadOrder order) : launcher_(order) {}

  std::string name() const override { return "emulated cuda"; }
  std::string description() const override { return "bodies of the CUDA kernels, run serially"; }

  void* allocate(std::size_t bytes) override {
    void* const memory = aligned_memory(bytes);
    std::memset(memory, 0, bytes);
    return memory;
  }
  void release(void* memory) noexcept override { std::free(memory); }
  void upload(void* to, void const* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void download(void* to, void const* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void copy(void* to, void const* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void clear(void* memory, std::size_t bytes) override { std::memset(memory, 0, bytes); }
  void synchronise() override {}

  void read(ReadArgs const& args) override { cuda::launch_read(launcher_, args); }
  void read_analog(AnalogReadArgs const& args) override { launcher_.items(AnalogReadLine{args}); }
  void update_layers(int law, std::span<UpdateArgs const> layers) override {
    for (UpdateArgs const& args : layers) {
      visit_law(law, [&]<class Law>() { cuda::launch_update<MotionOf<Law>>(launcher_, args); });
    }
  }
  void resolve(int law, ResolveArgs const& args) override {
    cuda::launch_resolve(launcher_, args, run_time_moves(law));
  }
  void refresh(int law, RefreshArgs const& args) override {
    cuda::launch_refresh(launcher_, args, run_time_moves(law));
  }
  void store_traits(StoreTraitsArgs const& args) override { launcher_.items(StoreTraits{args}); }
  void age(AgeArgs const& args) override { launcher_.items(AgeLane{args}); }
  void wear(WearArgs const& args) override { launcher_.items(WearLane{args}); }
  void appear(ApparentArgs const& args) override { launcher_.items(ApparentLane{args}); }
  void solve_wires(WireSolveArgs const& args) override {
    check_solvable(args);
    launcher_.wires(args);
  }
  void see(SeenArgs const& args) override {
    launcher_.items(WordDrops{args});
    launcher_.items(SeenColumns<1>{args});
  }
  void follow(FollowArgs const& args) override { launcher_.items(FollowDevices<1>{args}); }
  void share_steps(ShareArgs const& args) override {
    launcher_.items(WordDrops{args.devices});
    launcher_.items(ShareColumns<1>{args});
  }
  void gather(GatherArgs const& args) override { launcher_.items(GatherInputs{args}); }
  void forward(ForwardArgs const& args) override { launcher_.vectors(ForwardVector{args}); }
  void loss(LossArgs const& args) override { launcher_.blocks(cuda::LossBlocks{LossVector{args}}); }
  void backward(BackwardArgs const& args) override { launcher_.vectors(BackwardVector{args}); }
  void drive(DriveArgs const& args) override { launcher_.vectors(DriveVector{args}); }
  void gradient(GradientArgs const& args) override { launcher_.items(GradientElement{args}); }
  /// CUB's on a GPU: nothing of ours to emulate but the bins.
  void histogram(HistogramArgs const& args) override {
    for (int row = 0; row < args.rows; ++row) {
      for (int col = 0; col < args.cols; ++col) ++args.bins[level_bin(args, row, col)];
    }
  }

 private:
  EmulatedLauncher launcher_;
};

}  // namespace

std::unique_ptr<Backend> make_emulated_cuda_backend(ThreadOrder order) {
  return std::make_unique<EmulatedCudaBackend>(order);
}

}  // namespace panther::test
