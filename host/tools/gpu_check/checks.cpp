// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/gpu_check/checks.hpp"

#include <chrono>
#include <cstdio>

#include "host/tools/gpu_check/golden.hpp"

namespace panther::gpu_check {

namespace {

/// First and past-the-last case of the group that starts at `first`.
std::size_t group_end(std::vector<Case> const& cases, std::size_t first) {
  std::size_t last = first;
  while (last < cases.size() && cases[last].group == cases[first].group) ++last;
  return last;
}

/// A group's hash: its cases' outcomes, in order.
class GroupHash {
 public:
  void add(Outcome const& outcome) {
    std::uint64_t const value = hash_of(outcome);
    hash_.add(reinterpret_cast<std::byte const*>(&value), sizeof value);
  }
  std::uint64_t value() const { return hash_.value(); }

 private:
  Hash hash_;
};

void check_alone(Report& report, Case const& each, Backend& backend, Outcome const& together) {
  for (int replica = 0; each.replicas > 1 && replica < each.replicas; ++replica) {
    std::string const wrong = difference(together, replica, each.run(backend, {replica, 1}));
    if (wrong.empty()) {
      report.pass();
    } else {
      report.fail(each.group + ", " + each.name + ": alone, " + wrong);
    }
  }
}

Outcome check_case(Report& report, Case const& each, Backend& backend, Backend* reference) {
  Replicas const all{0, each.replicas};
  Outcome const outcome = each.run(backend, all);
  check_alone(report, each, backend, outcome);
  if (reference == nullptr) return outcome;
  std::string const wrong = difference(each.run(*reference, all), 0, outcome);
  if (wrong.empty()) {
    report.pass();
  } else {
    report.fail(each.group + ", " + each.name + ": against " + reference->name() + ", " + wrong);
  }
  return outcome;
}

void check_golden(Report& report, std::string const& group, std::uint64_t hash) {
  std::optional<std::uint64_t> const golden = golden_hash(group);
  if (golden == hash) {
    report.pass();
  } else {
    char text[96];
    std::snprintf(text, sizeof text, ": hash %016llx, golden %016llx",
                  static_cast<unsigned long long>(hash),
                  static_cast<unsigned long long>(golden.value_or(0)));
    report.fail(group + text + (golden ? "" : " (none stored: --print-golden)"));
  }
}

}  // namespace

void Report::fail(std::string const& what) {
  ++failed_;
  std::printf("  FAILED   %s\n", what.c_str());
}

void Report::skip(std::string const& what) {
  ++skipped_;
  std::printf("  skipped  %s\n", what.c_str());
}

void Report::print_total() const {
  std::printf("%d passed, %d failed, %d skipped\n", passed_, failed_, skipped_);
}

void check_cases(Report& report, std::vector<Case> const& cases, Backend& backend,
                 Backend* reference) {
  for (std::size_t first = 0; first < cases.size();) {
    std::size_t const last = group_end(cases, first);
    auto const begin = std::chrono::steady_clock::now();
    GroupHash hash;
    try {
      for (std::size_t i = first; i < last; ++i) {
        hash.add(check_case(report, cases[i], backend, reference));
      }
      check_golden(report, cases[first].group, hash.value());
    } catch (std::exception const& error) {
      report.fail(cases[first].group + ": " + error.what());
    }
    std::chrono::duration<double> const seconds = std::chrono::steady_clock::now() - begin;
    std::printf("  %-36s %3zu cases  %016llx  %6.2f s\n", cases[first].group.c_str(), last - first,
                static_cast<unsigned long long>(hash.value()), seconds.count());
    first = last;
  }
}

void print_golden(std::vector<Case> const& cases, Backend& backend) {
  for (std::size_t first = 0; first < cases.size();) {
    std::size_t const last = group_end(cases, first);
    GroupHash hash;
    for (std::size_t i = first; i < last; ++i) {
      hash.add(cases[i].run(backend, {0, cases[i].replicas}));
    }
    std::printf("    {\"%s\", 0x%016llxU},\n", cases[first].group.c_str(),
                static_cast<unsigned long long>(hash.value()));
    first = last;
  }
}

}  // namespace panther::gpu_check
