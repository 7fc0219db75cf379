// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "kernels/base/backend.hpp"
#include "kernels/cuda/check.hpp"
#include "kernels/cuda/launchers.hpp"
#include "kernels/wires/solve.hpp"

namespace panther {

namespace cuda {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// Any failure to count devices means that there is none to use: without a driver the runtime
/// answers "insufficient driver", not "no device".
void require_gpu() {
  int devices = 0;
  cudaError_t const status = cudaGetDeviceCount(&devices);
  if (status == cudaErrorInsufficientDriver) {
    throw BackendError("no usable GPU: there is no NVIDIA driver, or it is older than CUDA " +
                       version_text(CUDART_VERSION) + " needs (" + cudaGetErrorString(status) +
                       ")");
  }
  if (status != cudaSuccess) {
    throw BackendError(std::string("no usable GPU: ") + cudaGetErrorString(status) + " (" +
                       cudaGetErrorName(status) + ")");
  }
  if (devices == 0) throw BackendError("no usable GPU: the driver lists no device");
  require_runnable_kernels();
}

std::string describe_gpu() {
  int device = 0;
  int driver = 0;
  int runtime = 0;
  cudaDeviceProp properties{};
  check(cudaGetDevice(&device), "cudaGetDevice");
  check(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
  check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  return std::string(properties.name) + ", compute capability " + std::to_string(properties.major) +
         "." + std::to_string(properties.minor) + ", " +
         std::to_string(properties.multiProcessorCount) + " multiprocessors, " +
         std::to_string(properties.totalGlobalMem >> 20) + " MiB, driver " + version_text(driver) +
         ", runtime " + version_text(runtime);
}

/// One GPU, one stream: operations run in the order they are queued.
class CudaBackend final : public Backend {
 public:
  CudaBackend() : description_(describe_gpu()), scratch_(stream_), staging_(stream_) {}

  std::string name() const override { return "cuda"; }
  std::string description() const override { return description_; }

  void* allocate(std::size_t bytes) override {
    void* memory = nullptr;
    std::size_t const size = bytes == 0 ? 1 : bytes;
    check(cudaMalloc(&memory, size),
          ("cudaMalloc of " + std::to_string(size) + " bytes for the emulated devices").c_str());
    clear(memory, size);
    return memory;
  }
  void release(void* memory) noexcept override {
    // Kernels that use the memory may still be queued. A destructor can do nothing about a failure.
    cudaStreamSynchronize(stream_.get());
    if (cudaFree(memory) != cudaSuccess) cudaGetLastError();
  }
  void upload(void* to, void const* from, std::size_t bytes) override {
    staging_.upload(to, from, bytes);
  }
  void download(void* to, void const* from, std::size_t bytes) override {
    staging_.download(to, from, bytes);
  }
  void copy(void* to, void const* from, std::size_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_.get()),
          "cudaMemcpyAsync");
  }
  void clear(void* memory, std::size_t bytes) override {
    check(cudaMemsetAsync(memory, 0, bytes, stream_.get()), "cudaMemsetAsync");
  }
  void synchronise() override { stream_.synchronise(); }

  void read(ReadArgs const& args) override { queue_read(queue_, args); }
  void read_analog(AnalogReadArgs const& args) override { queue_read_analog(queue_, args); }
  void update_layers(int law, std::span<UpdateArgs const> layers) override {
    for (UpdateArgs const& args : layers) queue_update(queue_, law, args);
  }
  void resolve(int law, ResolveArgs const& args) override { queue_resolve(queue_, law, args); }
  void refresh(int law, RefreshArgs const& args) override { queue_refresh(queue_, law, args); }
  void store_traits(StoreTraitsArgs const& args) override { queue_store_traits(queue_, args); }
  void age(AgeArgs const& args) override { queue_age(queue_, args); }
  void wear(WearArgs const& args) override { queue_wear(queue_, args); }
  void appear(ApparentArgs const& args) override { queue_appear(queue_, args); }
  void solve_wires(WireSolveArgs const& args) override {
    check_solvable(args);
    queue_solve_wires(queue_, args);
  }
  void see(SeenArgs const& args) override { queue_see(queue_, args); }
  void follow(FollowArgs const& args) override { queue_follow(queue_, args); }
  void share_steps(ShareArgs const& args) override { queue_share_steps(queue_, args); }
  void gather(GatherArgs const& args) override { queue_gather(queue_, args); }
  void forward(ForwardArgs const& args) override { queue_forward(queue_, args); }
  void loss(LossArgs const& args) override { queue_loss(queue_, args); }
  void backward(BackwardArgs const& args) override { queue_backward(queue_, args); }
  void drive(DriveArgs const& args) override { queue_drive(queue_, args); }
  void gradient(GradientArgs const& args) override { queue_gradient(queue_, args); }
  void histogram(HistogramArgs const& args) override { queue_histogram(queue_, args); }

 private:
  std::string description_;
  Stream stream_;
  Scratch scratch_;
  Staging staging_;
  Queue queue_{stream_, scratch_};
};

}  // namespace
}  // namespace cuda

bool cuda_built() { return true; }

std::unique_ptr<Backend> make_cuda_backend() {
  cuda::require_gpu();
  return std::make_unique<cuda::CudaBackend>();
}

}  // namespace panther
