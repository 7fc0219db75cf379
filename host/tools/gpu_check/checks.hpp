// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs cases and keeps count.

#include <string>
#include <vector>

#include "host/tools/gpu_check/cases.hpp"

namespace panther::gpu_check {

/// Prints what fails and what is skipped, and counts.
class Report {
 public:
  void pass() { ++passed_; }
  void fail(std::string const& what);
  void skip(std::string const& what);

  bool ok() const { return failed_ == 0; }
  /// The last line: "N passed, N failed, N skipped".
  void print_total() const;

 private:
  int passed_ = 0;
  int failed_ = 0;
  int skipped_ = 0;
};

/// Runs every case on `backend`: replicas together and each alone, which must agree; against
/// `reference` bit for bit, if there is one; and each group against its golden hash.
void check_cases(Report& report, std::vector<Case> const& cases, Backend& backend,
                 Backend* reference);

/// The golden hashes as golden.cpp holds them, computed on `backend`.
void print_golden(std::vector<Case> const& cases, Backend& backend);

}  // namespace panther::gpu_check
