// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "devicemodels/core/philox.hpp"

// The published known answer of Philox4x32-10 for counter 0 and key 0: headers are found and do what they say.
int main() {
  auto const words = panther::philox4x32({}, 0, 0);
  bool const right = words.w[0] == 0x6627E8D5U && words.w[3] == 0x9B00DBD8U;
  std::puts(right ? "consumer: the installed package works" : "consumer: wrong random words");
  return right ? 0 : 1;
}
