// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/kernel_table.hpp"

namespace panther {

namespace {
constexpr KernelTable scalar_table{.read = isa_scalar::read,
                                   .read_band = nullptr,
                                   .read_lines = nullptr,
                                   .read_analog = isa_scalar::read_analog,
                                   .update = isa_scalar::update,
                                   .resolve_row = isa_scalar::resolve_row,
                                   .age_row = isa_scalar::age_row,
                                   .wear = isa_scalar::wear,
                                   .appear = isa_scalar::appear,
                                   .gather = isa_scalar::gather,
                                   .forward = isa_scalar::forward,
                                   .loss = isa_scalar::loss,
                                   .backward = isa_scalar::backward,
                                   .drive = isa_scalar::drive,
                                   .solve_wires = isa_scalar::solve_wires};
#if PANTHER_ISA_X86
constexpr KernelTable avx2_table{.read = isa_avx2::read,
                                 .read_band = isa_avx2::read_band,
                                 .read_lines = isa_avx2::read_lines,
                                 .read_analog = isa_avx2::read_analog,
                                 .update = isa_avx2::update,
                                 .resolve_row = isa_avx2::resolve_row,
                                 .age_row = isa_avx2::age_row,
                                 .wear = isa_avx2::wear,
                                 .appear = isa_avx2::appear,
                                 .gather = isa_avx2::gather,
                                 .forward = isa_avx2::forward,
                                 .loss = isa_avx2::loss,
                                 .backward = isa_avx2::backward,
                                 .drive = isa_avx2::drive,
                                 .solve_wires = isa_avx2::solve_wires};
constexpr KernelTable avx512_table{.read = isa_avx512::read,
                                   .read_band = isa_avx512::read_band,
                                   .read_lines = isa_avx512::read_lines,
                                   .read_analog = isa_avx512::read_analog,
                                   .update = isa_avx512::update,
                                   .resolve_row = isa_avx512::resolve_row,
                                   .age_row = isa_avx512::age_row,
                                   .wear = isa_avx512::wear,
                                   .appear = isa_avx512::appear,
                                   .gather = isa_avx512::gather,
                                   .forward = isa_avx512::forward,
                                   .loss = isa_avx512::loss,
                                   .backward = isa_avx512::backward,
                                   .drive = isa_avx512::drive,
                                   .solve_wires = isa_avx512::solve_wires};
#endif
}  // namespace

KernelTable const& kernel_table([[maybe_unused]] Isa isa) {
#if PANTHER_ISA_X86
  if (isa == Isa::avx512) return avx512_table;
  if (isa == Isa::avx2) return avx2_table;
#endif
  return scalar_table;
}

}  // namespace panther
