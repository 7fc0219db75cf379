// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random crossbars and inputs of the cases: functions of the case's number alone.

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "host/tools/gpu_check/arena.hpp"

namespace panther::gpu_check {

/// Random choices, the same everywhere.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : seed_(seed) {}

  std::uint32_t word() {
    std::uint64_t const at = count_++;
    return draw(seed_, Stream::test_data, at / 4, 0).w[at % 4];
  }
  std::uint64_t wide() {
    std::uint64_t const high = word();
    return (high << 32) | word();
  }
  /// In [low, high].
  int whole(int low, int high) {
    return low + static_cast<int>(word() % static_cast<std::uint32_t>(high - low + 1));
  }
  bool one_in(int number) { return whole(1, number) == 1; }
  template <class T>
  T pick(std::initializer_list<T> from) {
    return from.begin()[whole(0, static_cast<int>(from.size()) - 1)];
  }

  /// A 16-bit word of a random number of bits, often zero, sometimes an extreme.
  std::int16_t word16();
  std::vector<std::int16_t> words16(std::size_t size);
  std::vector<std::int32_t> wholes(std::size_t size, int low, int high);

 private:
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

enum class VariationSource : std::uint8_t { none, regenerated, stored };

/// What a case fixes; the rest is drawn.
struct CrossbarChoice {
  int law = 0;
  WriteNoiseKind noise = WriteNoiseKind::off;
  VariationSource variation = VariationSource::none;
  bool read_noise = false;
  bool imperfect = false;  // every kind of variation and fault that there is
  int rows = 1;
  int cols = 1;
  bool compound = false;  // cells of several devices other than the differential pair
};

/// The devices of a layer, for all replicas.
struct Crossbar {
  int law;
  int layer;
  Slicing slicing;
  XbarShape shape;
  Variation variation;
  VariationSource source;
  WriteNoiseKind noise;
  CodeRounding rounding;
  bool noisy_read;
  std::vector<DeviceConstants> devices;
  std::vector<LawParams> laws;  // [replica]
  std::vector<std::int16_t> codes;
  std::vector<std::int16_t> progress;  // of a law that counts pulses; else empty

  std::size_t replicas() const { return static_cast<std::size_t>(shape.replicas); }
  std::size_t slices() const { return static_cast<std::size_t>(slicing.slices); }
  std::size_t rows() const { return static_cast<std::size_t>(shape.rows); }
  std::size_t cols() const { return static_cast<std::size_t>(shape.cols); }

  /// The shape of the arena's replicas.
  XbarShape shape_in(Arena const& arena) const;
  /// Fills stored variation on the backend first, where the case stores it.
  TraitSource traits_in(Arena& arena, Backend& backend) const;
  SliceCounters* slice_counters_in(Arena& arena) const;
  LayerCounters* layer_counters_in(Arena& arena) const;
  /// Null where there are no one-sided pairs.
  PairCounters* pair_counters_in(Arena& arena) const;
};

Crossbar random_crossbar(Draws& draws, CrossbarChoice const& choice);

/// Laws of the cases that go through all laws. Those that count pulses come last in the list and
/// have cases of their own.
inline constexpr int laws_without_counter = LawList::size - 1;
int counting_law();

/// "ideal", "exponential", ...
std::string law_name(int law);

}  // namespace panther::gpu_check
