// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/thread_pool.hpp"

namespace panther {

namespace {

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// About 50 microseconds: longer than the digital work between two phases of a training step.
constexpr int spins_before_sleep = 2000;
// The caller's wait for the last part: parts are balanced, so yielding matters only on a busy
// machine.
constexpr int spins_before_yield = 4000;

}  // namespace

ThreadPool::ThreadPool(int threads) {
  for (int part = 1; part < threads; ++part) {
    workers_.emplace_back([this, part] { work(part); });
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard const lock(mutex_);
    stop_.store(true);
    generation_.fetch_add(1);
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(std::function<void(int)> const& job) {
  if (workers_.empty()) {
    job(0);
    return;
  }
  job_ = &job;
  running_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
  generation_.fetch_add(1);
  if (sleeping_.load() > 0) {
    { std::lock_guard const lock(mutex_); }
    wake_.notify_all();
  }
  job(0);
  for (int spins = 0; running_.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins < spins_before_yield) {
      pause_briefly();
    } else {
      std::this_thread::yield();
    }
  }
}

bool ThreadPool::wait_for_job(std::uint64_t seen) {
  for (int spins = 0; spins < spins_before_sleep; ++spins) {
    if (generation_.load() != seen) return !stop_.load();
    pause_briefly();
  }
  std::unique_lock lock(mutex_);
  sleeping_.fetch_add(1);
  wake_.wait(lock, [&] { return generation_.load() != seen; });
  sleeping_.fetch_sub(1);
  return !stop_.load();
}

void ThreadPool::work(int part) {
  std::uint64_t seen = 0;
  while (wait_for_job(seen)) {
    seen = generation_.load();
    (*job_)(part);
    running_.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace panther
