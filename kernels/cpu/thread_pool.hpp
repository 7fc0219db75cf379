// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A fixed pool of threads for loops that come hundreds of thousands of times a run: workers spin
// for some microseconds before they sleep, so that a step's short phases need no system call. Work
// is cut into parts by index; results may not depend on the number of parts, nor on who does one.
//
// A thread claims its own part first, which its caches may know from the loop before, and after a
// while what nobody has claimed: so nobody waits for long for a worker that the system has not
// scheduled, and on a machine with more runnable threads than cores the caller does the rest
// itself.
//
// Two cores may need half a microsecond to pass a line of cache on: what is written together lies
// together, on lines that nobody else writes.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
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

  /// Calls job(part) once for every part in [0, parts), in parallel; returns when all are done.
  /// At most threads() parts. A job must not throw and must not call run().
  template <class Body>
  void run(int parts, Body const& body) {
    if (parts == 1) return body(0);
    run_job(parts,
            {[](void const* job, int part) { (*static_cast<Body const*>(job))(part); }, &body});
  }

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
    run(parts, [&](int part) { body(items * part / parts, items * (part + 1) / parts); });
  }

  /// The same for items of unequal work: body gets pieces of `grain` items, from a thread's own
  /// range first, then of what is left of the others'.
  template <class Body>
  void for_pieces(std::int64_t items, std::int64_t grain, Body const& body) {
    if (items <= 0) return;
    std::int64_t const pieces = (items + grain - 1) / grain;
    auto const parts = static_cast<int>(std::min<std::int64_t>(pieces, threads()));
    if (parts == 1) return body(std::int64_t{0}, items);
    for (int part = 0; part < parts; ++part) cursor(part).store(items * part / parts);
    run(parts, [&](int part) {
      for (int i = 0; i < parts; ++i) {
        int const range = (part + i) % parts;
        std::int64_t const end = items * (range + 1) / parts;
        for (std::int64_t first; (first = cursor(range).fetch_add(grain)) < end;) {
          body(first, std::min(first + grain, end));
        }
      }
    });
  }

 private:
  struct Job {
    void (*call)(void const* body, int part);
    void const* body;
  };

  /// Where a range is taken from, on a cache line of its own.
  struct alignas(64) Cursor {
    std::atomic<std::int64_t> next{0};
  };
  std::atomic<std::int64_t>& cursor(int range) {
    return cursors_[static_cast<std::size_t>(range)].next;
  }

  /// The last job for which a part was claimed, on a cache line of its own.
  struct alignas(64) Claim {
    std::atomic<std::uint64_t> generation{0};
  };

  void run_job(int parts, Job job);
  void work(int own_part);
  bool is_other(std::uint64_t ticket) const { return stop_.load() || ticket_.load() != ticket; }
  void wait_for_other(std::uint64_t ticket);
  void do_part(std::uint64_t ticket, int part);
  void do_parts(std::uint64_t ticket, int own_part);
  bool claim(int part, std::uint64_t generation);

  std::vector<Claim> claims_;    // [part]
  std::vector<Cursor> cursors_;  // [range]
  bool const crowded_;           // more threads than processors: who spins is in the way

  // job_ is written before ticket_ announces it, read by those who have claimed a part of it.
  alignas(64) std::atomic<std::uint64_t> ticket_{0};  // generation of the job, its parts (16 bits)
  Job job_{};
  std::atomic<bool> stop_{false};

  alignas(64) std::atomic<int> finished_{0};  // parts of the present job

  alignas(64) std::atomic<int> sleeping_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};

}  // namespace panther
