// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A backend: memory where the state of a run lives, and the operations on it. The CPU backend
// finishes an operation before it returns; the CUDA backend queues it on one stream, in order.
// download() and synchronise() wait for everything queued. All backends give the same bits.

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "devicemodels/device.hpp"
#include "kernels/digital/operations.hpp"
#include "kernels/xbar/age.hpp"
#include "kernels/xbar/analog_converter.hpp"
#include "kernels/xbar/apparent.hpp"
#include "kernels/xbar/read.hpp"
#include "kernels/xbar/refresh.hpp"
#include "kernels/xbar/resolve.hpp"
#include "kernels/xbar/update.hpp"
#include "kernels/xbar/wear.hpp"

namespace panther {

struct FollowArgs;     // kernels/wires/follow.hpp
struct SeenArgs;       // kernels/wires/seen.hpp
struct ShareArgs;      // kernels/wires/shares.hpp
struct WireSolveArgs;  // kernels/wires/solve.hpp

/// A backend that this machine or this build cannot offer, or memory it does not have.
struct BackendError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Backend {
 public:
  Backend() = default;
  Backend(Backend const&) = delete;
  Backend& operator=(Backend const&) = delete;
  virtual ~Backend() = default;

  virtual std::string name() const = 0;         // "cpu" or "cuda"
  virtual std::string description() const = 0;  // device and instruction set, for provenance
  virtual int threads() const { return 1; }     // host threads that compute

  virtual void* allocate(std::size_t bytes) = 0;  // zeroed; throws BackendError when memory is out
  virtual void release(void* memory) noexcept = 0;
  virtual void upload(void* to, void const* from, std::size_t bytes) = 0;
  virtual void download(void* to, void const* from, std::size_t bytes) = 0;
  virtual void copy(void* to, void const* from, std::size_t bytes) = 0;  // both the backend's own
  virtual void clear(void* memory, std::size_t bytes) = 0;
  virtual void synchronise() = 0;
  /// True if the host can use the memory that allocate() returns as its own.
  virtual bool shares_host_memory() const { return false; }

  virtual void read(ReadArgs const& args) = 0;
  virtual void read_analog(AnalogReadArgs const& args) = 0;
  /// `law` is the index of the law in LawList; args.law holds that law's constants.
  void update(int law, UpdateArgs const& args) { update_layers(law, {&args, 1}); }
  /// Updates of arrays that share nothing, as a step of training has them, one a layer.
  virtual void update_layers(int law, std::span<UpdateArgs const> layers) = 0;
  virtual void resolve(int law, ResolveArgs const& args) = 0;
  virtual void refresh(int law, RefreshArgs const& args) = 0;
  virtual void store_traits(StoreTraitsArgs const& args) = 0;
  virtual void age(AgeArgs const& args) = 0;
  virtual void wear(WearArgs const& args) = 0;
  virtual void appear(ApparentArgs const& args) = 0;

  /// Throws std::invalid_argument for circuits that check_solvable() refuses. Inputs that did not
  /// converge say so in their outcome.
  virtual void solve_wires(WireSolveArgs const& args) = 0;
  /// First-order model.
  virtual void see(SeenArgs const& args) = 0;
  virtual void follow(FollowArgs const& args) = 0;
  virtual void share_steps(ShareArgs const& args) = 0;

  virtual void gather(GatherArgs const& args) = 0;
  virtual void forward(ForwardArgs const& args) = 0;
  virtual void loss(LossArgs const& args) = 0;
  virtual void backward(BackwardArgs const& args) = 0;
  virtual void drive(DriveArgs const& args) = 0;
  virtual void gradient(GradientArgs const& args) = 0;
  virtual void histogram(HistogramArgs const& args) = 0;
};

/// Instruction set of the CPU backend's vector paths. All give the same bits.
enum class Isa : std::uint8_t { automatic, scalar, avx2, avx512 };
template <>
struct EnumNames<Isa> {
  static constexpr std::array values{std::pair{Isa::automatic, std::string_view{"auto"}},
                                     std::pair{Isa::scalar, std::string_view{"scalar"}},
                                     std::pair{Isa::avx2, std::string_view{"avx2"}},
                                     std::pair{Isa::avx512, std::string_view{"avx512"}}};
};

struct CpuOptions {
  int threads = 0;  // 0: as many as the machine has
  Isa isa = Isa::automatic;
};

/// Throws BackendError if the CPU lacks the instruction set asked for.
std::unique_ptr<Backend> make_cpu_backend(CpuOptions const& options);

/// True if this build has CUDA kernels.
bool cuda_built();

/// Throws BackendError if the build has no CUDA or the machine has no usable GPU.
std::unique_ptr<Backend> make_cuda_backend();

/// An array in a backend's memory. Owns it; trivially copyable elements only.
template <class T>
class DeviceArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceArray() = default;
  DeviceArray(Backend& backend, std::size_t size)
      : backend_(&backend),
        data_(static_cast<T*>(backend.allocate(size * sizeof(T)))),
        size_(size) {}
  DeviceArray(Backend& backend, std::vector<T> const& values)
      : DeviceArray(backend, values.size()) {
    upload(values);
  }
  DeviceArray(DeviceArray&& other) noexcept { swap(other); }
  DeviceArray& operator=(DeviceArray&& other) noexcept {
    DeviceArray moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~DeviceArray() {
    if (data_ != nullptr) backend_->release(data_);
  }

  T* data() { return data_; }
  T const* data() const { return data_; }
  std::size_t size() const { return size_; }

  /// Replaces the elements from `first` on.
  void upload(std::span<T const> values, std::size_t first = 0) {
    check_range("upload", first, values.size());
    if (!values.empty()) backend_->upload(data_ + first, values.data(), values.size_bytes());
  }
  void upload(std::vector<T> const& values) { upload(std::span<T const>(values)); }
  std::vector<T> download() const { return download(0, size_); }
  std::vector<T> download(std::size_t first, std::size_t count) const {
    check_range("download", first, count);
    std::vector<T> values(count);
    if (count != 0) backend_->download(values.data(), data_ + first, count * sizeof(T));
    return values;
  }

  /// Calls use(std::span<std::byte const>) with the whole array. The bytes are the array itself
  /// where the backend shares the host's memory, else a copy.
  template <class Use>
  void read_bytes(Use&& use) const {
    if (size_ != 0 && !backend_->shares_host_memory()) {
      std::vector<T> const copy = download();
      use(std::as_bytes(std::span<T const>(copy)));
      return;
    }
    if (size_ != 0) backend_->synchronise();
    use(std::as_bytes(std::span<T const>(data_, size_)));
  }
  /// Replaces the whole array by what fill(std::span<std::byte>) writes, without a copy likewise.
  template <class Fill>
  void write_bytes(Fill&& fill) {
    if (size_ != 0 && !backend_->shares_host_memory()) {
      std::vector<T> values(size_);
      fill(std::as_writable_bytes(std::span<T>(values)));
      upload(values);
      return;
    }
    if (size_ != 0) backend_->synchronise();
    fill(std::as_writable_bytes(std::span<T>(data_, size_)));
  }
  /// Takes the values of an array of the same size and backend.
  void copy_from(DeviceArray const& other) {
    if (other.size_ != size_) throw std::length_error("DeviceArray::copy_from: sizes differ");
    if (size_ != 0) backend_->copy(data_, other.data_, size_ * sizeof(T));
  }
  void clear() {
    if (size_ != 0) backend_->clear(data_, size_ * sizeof(T));
  }

 private:
  void check_range(char const* action, std::size_t first, std::size_t count) const {
    if (first > size_ || count > size_ - first) {
      throw std::length_error(std::string("DeviceArray::") + action +
                              ": more values than elements");
    }
  }
  void swap(DeviceArray& other) noexcept {
    std::swap(backend_, other.backend_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  Backend* backend_ = nullptr;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace panther
