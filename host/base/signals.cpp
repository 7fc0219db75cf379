// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/signals.hpp"

#include <unistd.h>

#include <atomic>
#include <stdexcept>

namespace panther {
namespace {

// Signal handlers have no other way to reach the program than a global.
std::atomic<int> received{0};
std::atomic<bool> installed{false};
static_assert(std::atomic<int>::is_always_lock_free,
              "a signal handler may touch lock-free atomics only");

extern "C" void panther_on_stop_signal(int number) {
  if (received.exchange(number) != 0) ::_exit(128 + number);
}

}  // namespace

StopSignals::StopSignals() {
  if (installed.exchange(true)) throw std::logic_error("stop signals are caught already");
  received = 0;
  struct sigaction action {};
  action.sa_handler = panther_on_stop_signal;
  action.sa_flags = SA_RESTART;  // libraries in the middle of a read or write need not know
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &old_interrupt_);
  ::sigaction(SIGTERM, &action, &old_terminate_);
}

StopSignals::~StopSignals() {
  ::sigaction(SIGINT, &old_interrupt_, nullptr);
  ::sigaction(SIGTERM, &old_terminate_, nullptr);
  installed = false;
}

bool StopSignals::stop_requested() noexcept { return received != 0; }

int StopSignals::signal() noexcept { return received; }

}  // namespace panther
