// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/thread_pool.hpp"

#include <algorithm>
#include <chrono>

namespace panther {

namespace {

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Longer than the digital work between two phases of a training step.
constexpr std::chrono::microseconds spin_before_sleep{200};
// Before a thread looks for parts that nobody does: the others have begun theirs by then, unless
// they are not scheduled. To look takes their claims' lines from them.
constexpr std::chrono::microseconds spin_before_help{10};
// The caller's wait for parts that others have begun: they are balanced, so yielding matters only
// on a busy machine.
constexpr std::chrono::microseconds spin_before_yield{100};

/// Spins until done() or for `limit`; whether done(). Few pauses, far apart: a hypervisor takes
/// thousands in a row for a guest that waits for a descheduled one, and deschedules it.
template <class Done>
bool spin(std::chrono::microseconds limit, Done const& done) {
  constexpr int looks_per_pause = 32;
  auto const end = std::chrono::steady_clock::now() + limit;
  do {
    for (int look = 0; look < looks_per_pause; ++look) {
      if (done()) return true;
    }
    pause_briefly();
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

constexpr int part_bits = 16;
constexpr int most_threads = (1 << part_bits) - 1;

constexpr std::uint64_t generation_of(std::uint64_t ticket) { return ticket >> part_bits; }
constexpr int parts_of(std::uint64_t ticket) { return static_cast<int>(ticket & most_threads); }

}  // namespace

ThreadPool::ThreadPool(int threads)
    : claims_(static_cast<std::size_t>(std::clamp(threads, 1, most_threads))),
      cursors_(claims_.size()),
      crowded_(claims_.size() > std::max(std::thread::hardware_concurrency(), 1U)) {
  for (int part = 1; part < static_cast<int>(claims_.size()); ++part) {
    workers_.emplace_back([this, part] { work(part); });
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard const lock(mutex_);
    stop_.store(true);
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run_job(int parts, Job job) {
  job_ = job;
  finished_.store(0, std::memory_order_relaxed);
  std::uint64_t const generation = generation_of(ticket_.load(std::memory_order_relaxed)) + 1;
  std::uint64_t const ticket = generation << part_bits | static_cast<std::uint64_t>(parts);
  ticket_.store(ticket);
  if (sleeping_.load() > 0) {
    { std::lock_guard const lock(mutex_); }
    wake_.notify_all();
  }
  auto const all_done = [&] { return finished_.load(std::memory_order_acquire) == parts; };
  do_part(ticket, 0);
  if (!crowded_ && spin(spin_before_help, all_done)) return;
  do_parts(ticket, 0);
  if (!crowded_ && spin(spin_before_yield, all_done)) return;
  while (!all_done()) std::this_thread::yield();
}

void ThreadPool::do_part(std::uint64_t ticket, int part) {
  if (!claim(part, generation_of(ticket))) return;
  job_.call(job_.body, part);
  finished_.fetch_add(1, std::memory_order_release);
}

void ThreadPool::do_parts(std::uint64_t ticket, int own_part) {
  int const parts = parts_of(ticket);
  for (int i = 0; i < parts; ++i) do_part(ticket, (own_part + i) % parts);
}

/// A claim succeeds only while its job is the present one: a job ends when every part was claimed,
/// so a thread that comes late finds none. An unfinished claim keeps the job, and job_, as they
/// are.
bool ThreadPool::claim(int part, std::uint64_t generation) {
  std::atomic<std::uint64_t>& last = claims_[static_cast<std::size_t>(part)].generation;
  std::uint64_t seen = last.load();
  return seen < generation && last.compare_exchange_strong(seen, generation);
}

/// Returns when there is a job after that of `ticket`, or the pool is to stop.
void ThreadPool::wait_for_other(std::uint64_t ticket) {
  auto const is_new = [&] { return is_other(ticket); };
  if (!crowded_ && spin(spin_before_sleep, is_new)) return;
  std::unique_lock lock(mutex_);
  sleeping_.fetch_add(1);
  wake_.wait(lock, is_new);
  sleeping_.fetch_sub(1);
}

void ThreadPool::work(int own_part) {
  std::uint64_t ticket = 0;
  for (;;) {
    wait_for_other(ticket);
    if (stop_.load()) return;
    ticket = ticket_.load();
    if (own_part < parts_of(ticket)) do_part(ticket, own_part);
    if (crowded_ || !spin(spin_before_help, [&] { return is_other(ticket); })) {
      do_parts(ticket, own_part % parts_of(ticket));
    }
  }
}

}  // namespace panther
