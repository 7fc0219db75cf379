// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/gpu_check/golden.hpp"

namespace panther::gpu_check {

namespace {

struct Golden {
  char const* group;
  std::uint64_t hash;
};

// Output of `panther-gpu-check --print-golden`. A change here is a change of the numbers that users
// get: say why in the commit.
constexpr Golden hashes[] = {
    {"backward", 0x07bdc22ebf10518dU},
    {"drive", 0x8d7aca954d741c9dU},
    {"forward", 0x537c7727f023c978U},
    {"gather", 0x8f510f523d28e0c6U},
    {"gradient", 0xdb24145185e43069U},
    {"histogram", 0x3f8417f4ec463366U},
    {"loss", 0x73c7d70ac791453bU},
    {"read/columns/bit_serial", 0x499c09d907318c04U},
    {"read/columns/collapsed", 0xcc14942e24c15530U},
    {"read/rows/bit_serial", 0x1aebe979989bbe3eU},
    {"read/rows/collapsed", 0xfe8523944cf52089U},
    {"resolve/exponential/ideal", 0x727193e4991c91acU},
    {"resolve/exponential/open_loop", 0x2aca5afe7609a1a6U},
    {"resolve/exponential/write_verify", 0x4434834ba83891ffU},
    {"resolve/ideal/ideal", 0x442b6dddd4cabfc7U},
    {"resolve/ideal/open_loop", 0x9bcf67e65882ac31U},
    {"resolve/ideal/write_verify", 0x6a86a854156c9c82U},
    {"store_traits", 0x959aa0a76539b407U},
    {"update/exponential/delta", 0xfb7441d06cb03319U},
    {"update/exponential/digits", 0x6ef9d9a36b682a7dU},
    {"update/exponential/pulses", 0x9a5f4f428fd70b47U},
    {"update/exponential/streamed", 0x2e166139fe5967caU},
    {"update/ideal/delta", 0xb459d6d5415d4ad3U},
    {"update/ideal/digits", 0x247567d03029ca60U},
    {"update/ideal/pulses", 0x3c242dd410bb54a6U},
    {"update/ideal/streamed", 0x16d82cfdf75bec2eU},
    {"train", 0x3079cd0900968fc0U},
};

}  // namespace

std::optional<std::uint64_t> golden_hash(std::string const& group) {
  for (Golden const& golden : hashes) {
    if (group == golden.group) return golden.hash;
  }
  return std::nullopt;
}

}  // namespace panther::gpu_check
