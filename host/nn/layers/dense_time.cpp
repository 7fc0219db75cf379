// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// What happens to a dense layer's devices besides reads and moves: errors of writes, time, wear,
// and what reads see of devices that hide their state.

#include <algorithm>

#include "host/nn/layers/dense.hpp"

namespace panther {

namespace {

// Refreshes draw their errors of programming apart from carry resolutions.
constexpr std::uint64_t refresh_errors = std::uint64_t{1} << 45;

}  // namespace

void DenseLayer::begin_wear(std::size_t devices) {
  std::vector<WearConstants> constants;
  for (DeviceConfig const& device : device_configs_) {
    constants.push_back(wear_constants(device.endurance));
  }
  wears_ = std::ranges::any_of(constants, &WearConstants::wears);
  fails_ = std::ranges::any_of(constants, [](WearConstants const& k) { return k.failure > 0; });
  wear_ = {*backend_, constants};
  writes_ = {*backend_, devices};
}

std::int16_t* DenseLayer::writable_state() const {
  auto& self = const_cast<DenseLayer&>(*this);
  return hides() ? self.persistent_.data() : self.codes_.data();
}

void DenseLayer::appear(UpdateArgs const& update, Touch touch, std::int16_t const* before,
                        std::uint64_t event) {
  if (!hides()) return;
  backend_->appear({.update = update,
                    .apparent = codes_.data(),
                    .before = before,
                    .touch = touch,
                    .event = event});
}

void DenseLayer::note_update(UpdateArgs const& args) {
  seen_.devices_moved(args.set_mask);
  if (counts_writes()) wear(args, nullptr);
  appear(args, Touch::update, nullptr, 0);
}

void DenseLayer::wear(UpdateArgs const& args, std::int16_t const* before) {
  backend_->wear({.update = args,
                  .before = before,
                  .writes = writes_.data(),
                  .wear = wear_.data(),
                  .count = config_.device.endurance.count,
                  .wears = wears_,
                  .fails = fails_});
}

/// Calls write(); the devices that it changed keep an error of programming and wear.
template <class Write>
void DenseLayer::keep_errors(ResolveArgs const& args, Write const& write) {
  if (codes_before_.size() == 0) return write();
  codes_before_.copy_from(state());
  write();
  if (programming_error_) {
    AgeArgs error = age_args(Stream::programming, args.event);
    error.set_mask = args.target_mask | args.clear_mask;
    error.before = args.weights == nullptr ? codes_before_.data() : nullptr;
    pass_over_devices(error, Touch::programming_error, programming_constants);
  }
  if (!counts_writes()) return;
  UpdateArgs written = update_args();
  written.set_mask = args.target_mask | args.clear_mask;
  wear(written, codes_before_.data());
  if (wears_) appear(written, Touch::wear, codes_before_.data(), args.event);
}

void DenseLayer::write(ResolveArgs const& args) {
  keep_errors(args, [&] { backend_->resolve(law_, args); });
}

void DenseLayer::refresh(std::uint64_t event) {
  RefreshConfig const& config = config_.refresh;
  RefreshArgs const pass{.write = resolve_args(event),
                         .rule = {.set_mask = all_sets(),
                                  .larger = static_cast<float>(config.larger),
                                  .smaller = static_cast<float>(config.smaller)}};
  ResolveArgs errors = pass.write;
  errors.target_mask = all_sets();
  errors.event = refresh_errors + event;
  keep_errors(errors, [&] { backend_->refresh(law_, pass); });
  devices_written();
}

AgeArgs DenseLayer::age_args(Stream stream, std::uint64_t step) const {
  AgeArgs args{};
  args.shape = shape_;
  args.slicing = slicing_;
  args.codes = writable_state();
  args.traits = {variation_, traits_.data(), shape_.devices()};
  args.devices = devices_.data();
  args.aging = aging_.data();
  args.step = step;
  args.layer = spec_.index;
  args.set_mask = all_sets();
  args.stream = stream;
  args.rounding = config_.device.rounding;
  return args;
}

/// constants_of(device configuration) for every replica.
template <class ConstantsOf>
void DenseLayer::pass_over_devices(AgeArgs args, Touch touch, ConstantsOf const& constants_of) {
  std::vector<AgingConstants> constants;
  for (DeviceConfig const& device : device_configs_) constants.push_back(constants_of(device));
  args.noisy = std::ranges::any_of(constants, &AgingConstants::noisy);
  args.frozen = std::ranges::any_of(constants, &AgingConstants::frozen);
  aging_.upload(constants);
  backend_->age(args);
  UpdateArgs touched = update_args();
  touched.set_mask = args.set_mask;
  appear(touched, touch, args.before, args.step);
}

void DenseLayer::age(TimeSpan span, std::uint64_t pass) {
  pass_over_devices(age_args(Stream::aging, pass), Touch::aging,
                    [&](DeviceConfig const& device) { return aging_constants(device, span); });
  devices_written();
}

void DenseLayer::begin_test(TimeSpan wait, std::uint64_t draw) {
  codes_aside_ = {*backend_, codes_.size()};
  codes_aside_.copy_from(codes_);
  persistent_aside_ = {*backend_, persistent_.size()};
  persistent_aside_.copy_from(persistent_);
  if (config_.device.programming.transfer && programming_error_) {
    pass_over_devices(age_args(Stream::test_transfer, draw), Touch::test_transfer,
                      programming_constants);
  }
  if (config_.device.retention.wait_s) {
    pass_over_devices(age_args(Stream::test_wait, draw), Touch::test_wait,
                      [&](DeviceConfig const& device) { return waiting_constants(device, wait); });
  }
}

void DenseLayer::end_test() {
  codes_.copy_from(codes_aside_);
  codes_aside_ = {};
  persistent_.copy_from(persistent_aside_);
  persistent_aside_ = {};
}

std::vector<std::uint32_t> DenseLayer::plane_writes(int replica, int plane, int set) const {
  return writes_.download(static_cast<std::size_t>(shape_.index(replica, set, plane, 0, 0)),
                          static_cast<std::size_t>(shape_.plane_size()));
}

}  // namespace panther
