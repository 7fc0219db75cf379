// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A clean stop on Ctrl-C (SIGINT) or SIGTERM: the first signal sets a flag that long loops ask for,
// the second ends the process at once with 128 + signal.

#include <csignal>

namespace panther {

/// Catches the two signals while it lives; the handlers of before come back after. One at a time:
/// a second one throws std::logic_error. Call from the main thread before others start.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(StopSignals const&) = delete;
  StopSignals& operator=(StopSignals const&) = delete;

  /// Whether a signal came. May be called from any thread.
  static bool stop_requested() noexcept;
  /// The signal that came, or 0.
  static int signal() noexcept;

 private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
};

}  // namespace panther
