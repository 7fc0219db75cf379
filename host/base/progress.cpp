// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <utility>

namespace panther {
namespace {

constexpr double terminal_interval_s = 0.1;
constexpr double plain_interval_s = 10.0;
constexpr std::size_t bar_width = 20;

std::chrono::duration<double> steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::string bar(double share) {
  auto const filled = static_cast<std::size_t>(share * static_cast<double>(bar_width));
  return "[" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "]";
}

}  // namespace

Progress::Options Progress::Options::for_stderr() {
  Options options;
  options.terminal = ::isatty(STDERR_FILENO) == 1;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    options.columns = size.ws_col;
  return options;
}

Progress::Progress(std::string label, std::string unit, std::uint64_t total, std::uint64_t done)
    : Progress(std::move(label), std::move(unit), total, done, Options::for_stderr()) {}

Progress::Progress(std::string label, std::string unit, std::uint64_t total, std::uint64_t done,
                   Options options)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      start_(done),
      done_(done),
      options_(std::move(options)) {
  if (options_.out == nullptr) options_.out = &std::cerr;
  if (!options_.clock) options_.clock = steady_now;
  began_ = options_.clock().count();
  next_draw_ = began_ + (options_.terminal ? 0 : plain_interval_s);
}

Progress::~Progress() {
  if (drawn_width_ > 0) *options_.out << '\n' << std::flush;
}

void Progress::update(std::uint64_t done, std::string_view note) {
  done_ = done;
  double const now = options_.clock().count();
  if (now < next_draw_) return;
  next_draw_ = now + (options_.terminal ? terminal_interval_s : plain_interval_s);
  draw(note);
}

void Progress::finish(std::string_view note) {
  draw(note);
  if (drawn_width_ > 0) *options_.out << '\n' << std::flush;
  drawn_width_ = 0;
}

void Progress::draw(std::string_view note) {
  std::string text = line(note);
  if (!options_.terminal) {
    *options_.out << text << std::endl;
    return;
  }
  auto const room = static_cast<std::size_t>(std::max(options_.columns - 1, 1));
  if (text.size() > room) text.resize(room);
  std::size_t const width = text.size();
  if (width < drawn_width_) text.append(drawn_width_ - width, ' ');
  *options_.out << '\r' << text << std::flush;
  drawn_width_ = width;
}

std::string Progress::line(std::string_view note) const {
  double const elapsed = options_.clock().count() - began_;
  double const made = static_cast<double>(done_ >= start_ ? done_ - start_ : 0);
  double const rate = elapsed > 0 ? made / elapsed : 0;
  double const share =
      total_ == 0 ? 1.0 : std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
  bool const over = done_ >= total_;
  double const left = over ? 0 : static_cast<double>(total_ - done_) / rate;
  std::string text = label_ + (options_.terminal ? " " + bar(share) : "");
  text += fmt::format(" {:3.0f}% {}/{} {}", std::floor(share * 100), done_, total_, unit_);
  if (rate > 0) text += fmt::format("  {} {}/s", rate_text(rate), unit_);
  text += over ? "  in " + duration_text(elapsed) : "  ETA " + duration_text(left);
  if (!note.empty()) text += fmt::format("  {}", note);
  return text;
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds > 1e9) return "?";
  auto const whole = static_cast<long>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{}h{:02}m", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}s", whole);
}

std::string rate_text(double per_second) {
  if (per_second >= 1e6) return fmt::format("{:.3g}M", per_second / 1e6);
  if (per_second >= 1e3) return fmt::format("{:.3g}k", per_second / 1e3);
  return fmt::format("{:.3g}", per_second);
}

}  // namespace panther
