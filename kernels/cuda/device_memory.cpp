// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cuda/device_memory.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "kernels/base/backend.hpp"
#include "kernels/cuda/check.hpp"

namespace panther::cuda {

void refuse(cudaError_t status, char const* call, std::source_location where) {
  throw BackendError(std::string("CUDA: ") + cudaGetErrorString(status) + " (" +
                     cudaGetErrorName(status) + ") in " + call + " at " + where.file_name() + ":" +
                     std::to_string(where.line()));
}

Stream::Stream() {
  check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
}

Stream::~Stream() { cudaStreamDestroy(stream_); }

void Stream::synchronise() const {
  check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize (or a kernel queued before)");
}

Scratch::~Scratch() { cudaFree(memory_); }

void* Scratch::reserve(std::size_t bytes) {
  if (bytes <= size_) return memory_;
  stream_.synchronise();
  check(cudaFree(memory_), "cudaFree(scratch)");
  memory_ = nullptr;
  size_ = 0;
  check(cudaMalloc(&memory_, bytes),
        ("cudaMalloc of " + std::to_string(bytes) + " bytes of scratch").c_str());
  size_ = bytes;
  return memory_;
}

Staging::Staging(Stream const& stream) : stream_(stream) {
  try {
    for (Buffer& buffer : buffers_) {
      check(cudaMallocHost(&buffer.memory, buffer_bytes), "cudaMallocHost(staging)");
      check(cudaEventCreateWithFlags(&buffer.free, cudaEventDisableTiming),
            "cudaEventCreateWithFlags");
    }
  } catch (...) {
    release();
    throw;
  }
}

Staging::~Staging() { release(); }

void Staging::release() noexcept {
  for (Buffer& buffer : buffers_) {
    if (buffer.free != nullptr) cudaEventDestroy(buffer.free);
    if (buffer.memory != nullptr) cudaFreeHost(buffer.memory);
  }
}

void Staging::upload(void* to, void const* from, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes;) {
    std::size_t const size = std::min(buffer_bytes, bytes - done);
    Buffer const& buffer = buffers_[next_];
    next_ = (next_ + 1) % buffers_.size();
    check(cudaEventSynchronize(buffer.free), "cudaEventSynchronize(staging)");
    std::memcpy(buffer.memory, static_cast<char const*>(from) + done, size);
    check(cudaMemcpyAsync(static_cast<char*>(to) + done, buffer.memory, size,
                          cudaMemcpyHostToDevice, stream_.get()),
          "cudaMemcpyAsync(host to device)");
    check(cudaEventRecord(buffer.free, stream_.get()), "cudaEventRecord(staging)");
    done += size;
  }
}

void Staging::download(void* to, void const* from, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes;) {
    std::size_t const size = std::min(buffer_bytes, bytes - done);
    Buffer const& buffer = buffers_[next_];
    check(cudaEventSynchronize(buffer.free), "cudaEventSynchronize(staging)");
    check(cudaMemcpyAsync(buffer.memory, static_cast<char const*>(from) + done, size,
                          cudaMemcpyDeviceToHost, stream_.get()),
          "cudaMemcpyAsync(device to host)");
    stream_.synchronise();
    std::memcpy(static_cast<char*>(to) + done, buffer.memory, size);
    done += size;
  }
}

}  // namespace panther::cuda
