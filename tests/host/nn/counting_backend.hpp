// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A backend that counts the memory asked of another one.

#include <map>
#include <memory>
#include <string>

#include "kernels/base/backend.hpp"

namespace panther::test {

class CountingBackend final : public Backend {
 public:
  explicit CountingBackend(std::unique_ptr<Backend> inner) : inner_(std::move(inner)) {}

  /// Allocated and not released.
  std::size_t bytes() const { return bytes_; }

  std::string name() const override { return inner_->name(); }
  std::string description() const override { return inner_->description(); }
  int threads() const override { return inner_->threads(); }

  void* allocate(std::size_t bytes) override {
    void* const memory = inner_->allocate(bytes);
    if (memory == nullptr) return memory;
    sizes_[memory] = bytes;
    bytes_ += bytes;
    return memory;
  }
  void release(void* memory) noexcept override {
    auto const found = sizes_.find(memory);
    if (found != sizes_.end()) {
      bytes_ -= found->second;
      sizes_.erase(found);
    }
    inner_->release(memory);
  }
  void upload(void* to, void const* from, std::size_t bytes) override {
    inner_->upload(to, from, bytes);
  }
  void download(void* to, void const* from, std::size_t bytes) override {
    inner_->download(to, from, bytes);
  }
  void copy(void* to, void const* from, std::size_t bytes) override {
    inner_->copy(to, from, bytes);
  }
  void clear(void* memory, std::size_t bytes) override { inner_->clear(memory, bytes); }
  void synchronise() override { inner_->synchronise(); }

  void read(ReadArgs const& args) override { inner_->read(args); }
  void read_analog(AnalogReadArgs const& args) override { inner_->read_analog(args); }
  void update_layers(int law, std::span<UpdateArgs const> layers) override {
    inner_->update_layers(law, layers);
  }
  void resolve(int law, ResolveArgs const& args) override { inner_->resolve(law, args); }
  void refresh(int law, RefreshArgs const& args) override { inner_->refresh(law, args); }
  void store_traits(StoreTraitsArgs const& args) override { inner_->store_traits(args); }
  void age(AgeArgs const& args) override { inner_->age(args); }
  void wear(WearArgs const& args) override { inner_->wear(args); }
  void appear(ApparentArgs const& args) override { inner_->appear(args); }
  void solve_wires(WireSolveArgs const& args) override { inner_->solve_wires(args); }
  void see(SeenArgs const& args) override { inner_->see(args); }
  void follow(FollowArgs const& args) override { inner_->follow(args); }
  void share_steps(ShareArgs const& args) override { inner_->share_steps(args); }
  void gather(GatherArgs const& args) override { inner_->gather(args); }
  void forward(ForwardArgs const& args) override { inner_->forward(args); }
  void loss(LossArgs const& args) override { inner_->loss(args); }
  void backward(BackwardArgs const& args) override { inner_->backward(args); }
  void drive(DriveArgs const& args) override { inner_->drive(args); }
  void gradient(GradientArgs const& args) override { inner_->gradient(args); }
  void histogram(HistogramArgs const& args) override { inner_->histogram(args); }

 private:
  std::unique_ptr<Backend> inner_;
  std::map<void*, std::size_t> sizes_;
  std::size_t bytes_ = 0;
};

}  // namespace panther::test
