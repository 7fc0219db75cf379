// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A fixed pool of threads for loops that come hundreds of thousands of times a run: workers spin
// for some microseconds before they sleep, so that a step's short phases need no system call. Work
// is cut into parts by index; results may not depend on the number of parts.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace panther {

class ThreadPool {
 public:
  /// `threads` includes the caller; at least 1.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(ThreadPool const&) = delete;
  ThreadPool& operator=(ThreadPool const&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls job(part) once for every part in [0, threads()), in parallel; returns when all are done.
  /// A job must not throw and must not call run().
  void run(std::function<void(int)> const& job);

  /// Calls body(first, last) on a partition of [0, items) into at most threads() ranges of at least
  /// `grain`.
  template <class Body>
  void for_ranges(std::int64_t items, std::int64_t grain, Body const& body) {
    std::int64_t const useful = grain > 0 ? items / grain : items;
    auto const parts = static_cast<int>(useful < 1 ? 1 : (useful < threads() ? useful : threads()));
    if (items <= 0) return;
    if (parts == 1) {
      body(std::int64_t{0}, items);
      return;
    }
    run([&](int part) {
      if (part < parts) body(items * part / parts, items * (part + 1) / parts);
    });
  }

 private:
  void work(int part);
  bool wait_for_job(std::uint64_t seen);

  std::function<void(int)> const* job_ = nullptr;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<int> running_{0};
  std::atomic<int> sleeping_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};

}  // namespace panther
