// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a case leaves in a backend's memory, replica by replica, and the arrays it works on.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "kernels/base/backend.hpp"
#include "kernels/base/law_memory.hpp"

namespace panther::gpu_check {

/// FNV-1a, 64 bits.
class Hash {
 public:
  void add(std::byte const* data, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
      value_ = (value_ ^ std::to_integer<std::uint64_t>(data[i])) * 0x100000001b3U;
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

/// One array that a case leaves.
struct Field {
  std::string name;
  std::vector<std::vector<std::byte>> replicas;
};

using Outcome = std::vector<Field>;

std::uint64_t hash_of(Outcome const& outcome);

/// What differs first between the `count` replicas of `right` and those of `left` from `first` on;
/// empty if nothing does.
std::string difference(Outcome const& left, int first, Outcome const& right);

/// Some of a case's replicas.
struct Replicas {
  int first;
  int count;
};

/// A kernel, or a short run, on inputs that depend on nothing but the case.
struct Case {
  std::string group;  // "update/exponential/streamed"; cases of a group share a golden hash
  std::string name;   // unique in the group
  int replicas;
  std::function<Outcome(Backend&, Replicas)> run;
};

/// The arrays of a case on a backend, for the chosen ones of all its replicas.
class Arena {
 public:
  Arena(Backend& backend, int all, Replicas chosen)
      : backend_(&backend), all_(static_cast<std::size_t>(all)), chosen_(chosen) {}

  int replicas() const { return chosen_.count; }

  /// Input [replica]...
  template <class T>
  T const* in(std::vector<T> const& values) {
    return static_cast<T const*>(upload(part_of(values, 1)));
  }

  /// Input that replicas share.
  template <class T>
  T const* shared(std::vector<T> const& values) {
    return static_cast<T const*>(upload(bytes_of(values)));
  }

  /// UpdateArgs::law of replicas of one law.
  void const* law(std::vector<LawParams> const& params, Slicing const& slicing) {
    auto const first = params.begin() + chosen_.first;
    return laws_.emplace_back(*backend_, std::vector(first, first + chosen_.count), slicing).data();
  }

  /// Memory [outer][replica]... that the case changes.
  template <class T>
  T* out(std::string const& name, std::vector<T> const& start, std::size_t outer = 1) {
    void* const memory = upload(part_of(start, outer));
    outputs_.push_back({name, memory_.size() - 1, outer});
    return static_cast<T*>(memory);
  }

  /// Waits, and takes the outputs.
  Outcome collect() const;

 private:
  struct Output {
    std::string name;
    std::size_t memory;
    std::size_t outer;
  };

  template <class T>
  static std::vector<std::byte> bytes_of(std::vector<T> const& values) {
    std::vector<std::byte> bytes(values.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }

  /// The chosen replicas' part of [outer][replica]...
  template <class T>
  std::vector<std::byte> part_of(std::vector<T> const& values, std::size_t outer) const {
    std::vector<std::byte> const bytes = bytes_of(values);
    std::size_t const each = bytes.size() / outer / all_;
    std::vector<std::byte> part;
    for (std::size_t o = 0; o < outer; ++o) {
      std::size_t const from = (o * all_ + static_cast<std::size_t>(chosen_.first)) * each;
      std::size_t const to = from + static_cast<std::size_t>(chosen_.count) * each;
      part.insert(part.end(), bytes.begin() + static_cast<std::ptrdiff_t>(from),
                  bytes.begin() + static_cast<std::ptrdiff_t>(to));
    }
    return part;
  }

  void* upload(std::vector<std::byte> const& bytes);

  Backend* backend_;
  std::size_t all_;
  Replicas chosen_;
  std::deque<DeviceArray<std::byte>> memory_;
  std::deque<LawMemory> laws_;
  std::vector<Output> outputs_;
};

}  // namespace panther::gpu_check
