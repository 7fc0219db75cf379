// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The state of a run as named arrays: what a checkpoint holds and what proves that two runs are
// equal. Names are paths ("layers/0/codes"); the element type is the writer's and reader's matter.

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/base/backend.hpp"

namespace panther {

/// What takes a state, one array after another, so that no second copy of it need exist.
class StateSink {
 public:
  virtual ~StateSink() = default;
  virtual void put(std::string const& name, std::span<std::byte const> bytes) = 0;
};

/// What gives a state back.
class StateSource {
 public:
  virtual ~StateSource() = default;
  virtual bool has(std::string const& name) const = 0;
  virtual std::size_t size_of(std::string const& name) const = 0;
  /// `bytes` is size_of(name) long.
  virtual void get(std::string const& name, std::span<std::byte> bytes) const = 0;
};

/// A state in memory.
class StateMap final : public std::map<std::string, std::vector<std::byte>>,
                       public StateSink,
                       public StateSource {
 public:
  void put(std::string const& name, std::span<std::byte const> bytes) override {
    (*this)[name].assign(bytes.begin(), bytes.end());
  }
  bool has(std::string const& name) const override { return contains(name); }
  std::size_t size_of(std::string const& name) const override { return at(name).size(); }
  void get(std::string const& name, std::span<std::byte> bytes) const override {
    std::ranges::copy(at(name), bytes.begin());
  }
};

/// Walks the state of a run, either writing it or restoring it.
class StateArchive {
 public:
  static StateArchive saver(StateSink& sink) { return {&sink, nullptr}; }
  static StateArchive loader(StateSource const& source) { return {nullptr, &source}; }

  /// A trivially copyable value.
  template <class T>
  void value(std::string const& name, T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes(name, std::as_writable_bytes(std::span(&value, 1)));
  }

  /// A vector whose size may differ from run to run.
  template <class T>
  void vector(std::string const& name, std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (source_ != nullptr) values.resize(stored_size(name) / sizeof(T));
    bytes(name, std::as_writable_bytes(std::span(values)));
  }

  /// An array in a backend's memory; its size must match.
  template <class T>
  void array(std::string const& name, DeviceArray<T>& array) {
    if (sink_ != nullptr) {
      array.read_bytes([&](std::span<std::byte const> memory) { sink_->put(name, memory); });
    } else {
      check_size(name, array.size() * sizeof(T));
      array.write_bytes([&](std::span<std::byte> memory) { source_->get(name, memory); });
    }
  }

 private:
  StateArchive(StateSink* sink, StateSource const* source) : sink_(sink), source_(source) {}

  std::size_t stored_size(std::string const& name) const {
    if (!source_->has(name)) throw std::runtime_error("checkpoint lacks '" + name + "'");
    return source_->size_of(name);
  }

  void check_size(std::string const& name, std::size_t size) const {
    std::size_t const stored = stored_size(name);
    if (stored == size) return;
    throw std::runtime_error("checkpoint holds " + std::to_string(stored) + " bytes for '" + name +
                             "', the run needs " + std::to_string(size));
  }

  void bytes(std::string const& name, std::span<std::byte> memory) {
    if (sink_ != nullptr) return sink_->put(name, memory);
    check_size(name, memory.size());
    source_->get(name, memory);
  }

  StateSink* sink_;
  StateSource const* source_;
};

}  // namespace panther
