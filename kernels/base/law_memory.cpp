// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/base/law_memory.hpp"

#include <variant>

namespace panther {

namespace {

/// Tables by the parameters that they were made of.
template <class Law>
class Tables {
 public:
  Tables(Backend& backend, std::vector<DeviceArray<float>>& memory)
      : backend_(backend), memory_(memory) {}

  float const* of(typename Law::Params const& params) {
    for (std::size_t i = 0; i < known_.size(); ++i) {
      if (*known_[i] == params) return memory_[i].data();
    }
    known_.push_back(&params);
    return memory_.emplace_back(backend_, Law::table(params)).data();
  }

 private:
  Backend& backend_;
  std::vector<DeviceArray<float>>& memory_;
  std::vector<typename Law::Params const*> known_;
};

}  // namespace

LawMemory::LawMemory(Backend& backend, std::vector<LawParams> const& replicas,
                     Slicing const& slicing) {
  std::vector<std::byte> bytes;
  visit_law(static_cast<int>(replicas.front().index()), [&]<class Law>() {
    [[maybe_unused]] Tables<Law> tables(backend, tables_);
    for (LawParams const& replica : replicas) {
      auto const& params = std::get<typename Law::Params>(replica);
      for (int slice = 0; slice < slicing.slices; ++slice) {
        auto constants = Law::prepare(params, slicing.cell_bits[slice]);
        if constexpr (TableLaw<Law>) constants.table = tables.of(params);
        auto const* const raw = reinterpret_cast<std::byte const*>(&constants);
        bytes.insert(bytes.end(), raw, raw + sizeof constants);
      }
    }
  });
  constants_ = {backend, bytes};
}

}  // namespace panther
