// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/isa.hpp"

namespace panther {

namespace {

// The sets that cmake/isa_sources.cmake compiles each level with.
#if PANTHER_ISA_X86
bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
}

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}
#else
bool has_avx2() { return false; }
bool has_avx512() { return false; }
#endif

}  // namespace

bool isa_available(Isa isa) {
  switch (isa) {
    case Isa::avx2:
      return has_avx2();
    case Isa::avx512:
      return has_avx512();
    case Isa::automatic:
    case Isa::scalar:
      break;
  }
  return true;
}

Isa resolved_isa(Isa wanted) {
  if (wanted == Isa::automatic) {
    if (has_avx512()) return Isa::avx512;
    return has_avx2() ? Isa::avx2 : Isa::scalar;
  }
  if (isa_available(wanted)) return wanted;
  std::string const needs =
      wanted == Isa::avx2 ? "AVX2, FMA and BMI2" : "AVX-512 F, BW, VL, DQ and VNNI";
  throw BackendError("instruction set '" + std::string(enum_name(wanted)) +
                     "' is not available: it needs a CPU with " + needs +
                     " (use 'auto', or 'scalar', which runs everywhere: the bits are the same)");
}

}  // namespace panther
