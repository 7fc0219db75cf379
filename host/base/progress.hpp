// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Progress of a long run on stderr: one line that is redrawn on a terminal, plain lines now and
// then elsewhere.

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace panther {

class Progress {
 public:
  using Clock = std::function<std::chrono::duration<double>()>;

  struct Options {
    std::ostream* out = nullptr;  ///< nullptr: std::cerr
    bool terminal = false;        ///< redraw one line
    int columns = 80;             ///< width of the terminal, characters
    Clock clock;                  ///< empty: steady clock
    /// What shows how it goes on stderr: whether it is a terminal, and its width.
    static Options for_stderr();
  };

  /// `done` of `total` steps (of `unit`, e.g. "examples") are done already; the rate counts from
  /// there.
  Progress(std::string label, std::string unit, std::uint64_t total, std::uint64_t done = 0);
  Progress(std::string label, std::string unit, std::uint64_t total, std::uint64_t done,
           Options options);
  /// Ends the redrawn line, so that what follows starts on a new one.
  ~Progress();
  Progress(Progress const&) = delete;
  Progress& operator=(Progress const&) = delete;

  /// Cheap to call often: draws at most 10 times a second on a terminal, every 10 seconds
  /// elsewhere.
  void update(std::uint64_t done, std::string_view note = {});
  /// Draws the last state whatever the time.
  void finish(std::string_view note = {});

 private:
  void draw(std::string_view note);
  std::string line(std::string_view note) const;

  std::string label_;
  std::string unit_;
  std::uint64_t total_;
  std::uint64_t start_;
  std::uint64_t done_;
  Options options_;
  double began_;
  double next_draw_;
  std::size_t drawn_width_ = 0;
};

/// "1h02m", "3m05s" or "12s"; "?" if it is not finite.
std::string duration_text(double seconds);

/// "950", "12.3k", "4.56M"
std::string rate_text(double per_second);

}  // namespace panther
