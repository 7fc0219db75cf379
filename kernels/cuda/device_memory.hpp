// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a CUDA backend owns besides the state of a run: its stream, scratch memory of the kernels,
// and page-locked buffers through which data travels to and from the GPU.

#include <cuda_runtime_api.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace panther::cuda {

class Stream {
 public:
  Stream();
  ~Stream();
  Stream(Stream const&) = delete;
  Stream& operator=(Stream const&) = delete;

  cudaStream_t get() const { return stream_; }
  void synchronise() const;

 private:
  cudaStream_t stream_ = nullptr;
};

/// Memory of the kernels of one stream: each launch may use all of it. Grows, never shrinks.
class Scratch {
 public:
  explicit Scratch(Stream const& stream) : stream_(stream) {}
  ~Scratch();
  Scratch(Scratch const&) = delete;
  Scratch& operator=(Scratch const&) = delete;

  /// At least `bytes`, aligned to 256. Throws BackendError when memory is out.
  void* reserve(std::size_t bytes);

 private:
  Stream const& stream_;
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

/// Two page-locked buffers that take turns, so that an upload returns before its copy is done.
class Staging {
 public:
  explicit Staging(Stream const& stream);
  ~Staging();
  Staging(Staging const&) = delete;
  Staging& operator=(Staging const&) = delete;

  /// `from` may change as soon as this returns.
  void upload(void* to, void const* from, std::size_t bytes);
  /// Waits for everything queued.
  void download(void* to, void const* from, std::size_t bytes);

 private:
  static constexpr std::size_t buffer_bytes = std::size_t{4} << 20;
  struct Buffer {
    void* memory = nullptr;
    cudaEvent_t free = nullptr;  // recorded after the last copy out of the buffer
  };

  void release() noexcept;

  Stream const& stream_;
  std::array<Buffer, 2> buffers_{};
  std::size_t next_ = 0;
};

}  // namespace panther::cuda
