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
    {"read/compound", 0xacc31a4e4dcd76b7U},
    {"read/rows/bit_serial", 0x1aebe979989bbe3eU},
    {"read/rows/collapsed", 0xfe8523944cf52089U},
    {"resolve/compound/ideal", 0x943eac24b522ae16U},
    {"resolve/compound/open_loop", 0x23f609c84340be82U},
    {"resolve/compound/write_verify", 0x555a0248a93d4f79U},
    {"resolve/constant_step/ideal", 0xd025055cc139ac25U},
    {"resolve/constant_step/open_loop", 0xddcff40341fbb952U},
    {"resolve/constant_step/write_verify", 0xc1d06e110b4310c7U},
    {"resolve/exp_step/ideal", 0x067f3dbcf74665c3U},
    {"resolve/exp_step/open_loop", 0x9b10d17c4e6707eeU},
    {"resolve/exp_step/write_verify", 0x45330168cbadee55U},
    {"resolve/exponential/ideal", 0x727193e4991c91acU},
    {"resolve/exponential/open_loop", 0x2aca5afe7609a1a6U},
    {"resolve/exponential/write_verify", 0x4434834ba83891ffU},
    {"resolve/filament_gap/ideal", 0xd29fcc0af1878696U},
    {"resolve/filament_gap/open_loop", 0xaee15be3078b277fU},
    {"resolve/filament_gap/write_verify", 0x02f01f543e08a230U},
    {"resolve/ideal/ideal", 0x442b6dddd4cabfc7U},
    {"resolve/ideal/open_loop", 0x9bcf67e65882ac31U},
    {"resolve/ideal/write_verify", 0x6a86a854156c9c82U},
    {"resolve/linear_step/ideal", 0xe06f84314f370e8cU},
    {"resolve/linear_step/open_loop", 0x57b0d77381ef938bU},
    {"resolve/linear_step/write_verify", 0xea89f02e79fd96d9U},
    {"resolve/piecewise_step/ideal", 0x87dc0b720dd53af1U},
    {"resolve/piecewise_step/open_loop", 0x0b731f78ceef8afeU},
    {"resolve/piecewise_step/write_verify", 0x05a90fc92ae43b0dU},
    {"resolve/pow_step/ideal", 0x2ae145993fbd5f17U},
    {"resolve/pow_step/open_loop", 0x2348cbae731040c5U},
    {"resolve/pow_step/write_verify", 0xed617a2860c73a50U},
    {"resolve/pow_step_reference/ideal", 0x05551d49f594a798U},
    {"resolve/pow_step_reference/open_loop", 0xdfec7ede05135657U},
    {"resolve/pow_step_reference/write_verify", 0x53efe8255af58d68U},
    {"resolve/soft_bounds/ideal", 0xa58d2faaf51708ebU},
    {"resolve/soft_bounds/open_loop", 0x851d874fcd7a38cdU},
    {"resolve/soft_bounds/write_verify", 0xaaef0bfc8d59d01aU},
    {"resolve/soft_bounds_pmax/ideal", 0xb0faec8e8782e500U},
    {"resolve/soft_bounds_pmax/open_loop", 0x341bba62031ce46bU},
    {"resolve/soft_bounds_pmax/write_verify", 0xa257d5dd137f6fadU},
    {"resolve/soft_bounds_reference/ideal", 0x322791e5c27ac026U},
    {"resolve/soft_bounds_reference/open_loop", 0xfa6c95e4bf3a13b3U},
    {"resolve/soft_bounds_reference/write_verify", 0x5ecfb09e07e12791U},
    {"resolve/symmetric/ideal", 0xcd26440cefb38d82U},
    {"resolve/symmetric/open_loop", 0x57a5cce8ab49fb9cU},
    {"resolve/symmetric/write_verify", 0x90756de7bec509e4U},
    {"resolve/vteam/ideal", 0xb488887648ed53a4U},
    {"resolve/vteam/open_loop", 0xbd9c4c65814ae8e4U},
    {"resolve/vteam/write_verify", 0xe2a9da00d6d573f4U},
    {"store_traits", 0x959aa0a76539b407U},
    {"update/compound/delta", 0x1bad3a751617b5e3U},
    {"update/compound/digits", 0x0b9a095986bb8a36U},
    {"update/compound/pulses", 0xb231299eb6c366e4U},
    {"update/compound/streamed", 0x6165be026b699a68U},
    {"update/constant_step/delta", 0xd15acaa1951baa56U},
    {"update/constant_step/digits", 0xfcac3328f2c3e8a9U},
    {"update/constant_step/pulses", 0xfec2eec7cf575adcU},
    {"update/constant_step/streamed", 0x69b9ffb8d6afdf73U},
    {"update/exp_step/delta", 0xa4846cfce8851945U},
    {"update/exp_step/digits", 0x99d14a13b1e8e963U},
    {"update/exp_step/pulses", 0x43dae8411ff1d280U},
    {"update/exp_step/streamed", 0x70479a5b7073215fU},
    {"update/exponential/delta", 0xfb7441d06cb03319U},
    {"update/exponential/digits", 0x6ef9d9a36b682a7dU},
    {"update/exponential/pulses", 0x9a5f4f428fd70b47U},
    {"update/exponential/streamed", 0x2e166139fe5967caU},
    {"update/filament_gap/delta", 0x8d17cd4ade739ac2U},
    {"update/filament_gap/digits", 0x588111da9c6a1aa5U},
    {"update/filament_gap/pulses", 0x05fc10cee7303b2bU},
    {"update/filament_gap/streamed", 0x5866e9bf2914bb55U},
    {"update/ideal/delta", 0xb459d6d5415d4ad3U},
    {"update/ideal/digits", 0x247567d03029ca60U},
    {"update/ideal/pulses", 0x3c242dd410bb54a6U},
    {"update/ideal/streamed", 0x16d82cfdf75bec2eU},
    {"update/linear_step/delta", 0x404ddf4ebc90f9f9U},
    {"update/linear_step/digits", 0xb48902988205e11dU},
    {"update/linear_step/pulses", 0x16e1771b6304c457U},
    {"update/linear_step/streamed", 0xf794eff092444222U},
    {"update/piecewise_step/delta", 0x7d1fbd17cc14caabU},
    {"update/piecewise_step/digits", 0x8fe122214ed3dc3aU},
    {"update/piecewise_step/pulses", 0xff24e6c4081b27eeU},
    {"update/piecewise_step/streamed", 0xb50b726ada2f53e3U},
    {"update/pow_step/delta", 0x100ec906e6256cb2U},
    {"update/pow_step/digits", 0xd200579a211ab350U},
    {"update/pow_step/pulses", 0xa0589c93d587c50aU},
    {"update/pow_step/streamed", 0xea155dadac088876U},
    {"update/pow_step_reference/delta", 0xca016d7d1a638285U},
    {"update/pow_step_reference/digits", 0x67280843ac421833U},
    {"update/pow_step_reference/pulses", 0xcdd9308d3cb14e54U},
    {"update/pow_step_reference/streamed", 0x1970c4fa4761ea57U},
    {"update/soft_bounds/delta", 0xf2dc6861c8220255U},
    {"update/soft_bounds/digits", 0x54b5d356a43ec53cU},
    {"update/soft_bounds/pulses", 0x53c9d65af52b61ffU},
    {"update/soft_bounds/streamed", 0xdc39e8b559d02641U},
    {"update/soft_bounds_pmax/delta", 0x2f5b4e5681b65d89U},
    {"update/soft_bounds_pmax/digits", 0x7da3315a57d1e504U},
    {"update/soft_bounds_pmax/pulses", 0xcfd4b5e69313bb00U},
    {"update/soft_bounds_pmax/streamed", 0x43ec1d07cd6ff05eU},
    {"update/soft_bounds_reference/delta", 0xe30386875c40b9bbU},
    {"update/soft_bounds_reference/digits", 0x2c49ea2c63d670ebU},
    {"update/soft_bounds_reference/pulses", 0xbb078999b023045bU},
    {"update/soft_bounds_reference/streamed", 0x324ed01d86a2261aU},
    {"update/symmetric/delta", 0x3618530653cae5b2U},
    {"update/symmetric/digits", 0x331a8cc9ef4c3d7cU},
    {"update/symmetric/pulses", 0xa3d3963cf66cc521U},
    {"update/symmetric/streamed", 0x05c6d83d75aa9350U},
    {"update/vteam/delta", 0x11b68d8b31051399U},
    {"update/vteam/digits", 0xa2daf8f17738d53fU},
    {"update/vteam/pulses", 0x3866fab75e5d29a8U},
    {"update/vteam/streamed", 0xa20b2c20b80f9ab0U},
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
