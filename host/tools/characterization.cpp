// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/characterization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "devicemodels/cell.hpp"

namespace panther {

namespace {

constexpr int cell_bits = 6;  // PANTHER's widest slice; the window in pulses is the same for all
constexpr float range = static_cast<float>(window_range(cell_bits));

class Moments {
 public:
  void add(double value) {
    ++count_;
    double const off = value - mean_;
    mean_ += off / count_;
    squares_ += off * (value - mean_);
  }
  MeanAndStd result() const {
    return {mean_, count_ > 1 ? std::sqrt(squares_ / (count_ - 1)) : 0.0};
  }

 private:
  int count_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;
};

template <class Law>
class Bench {
 public:
  Bench(DeviceConfig const& config, PulseTrains const& trains)
      : trains_(trains),
        law_(std::get<typename Law::Params>(config.law), cell_bits),
        constants_(device_constants(config, trains.seed)),
        varies_(variation_of(config).any()),
        steps_(static_cast<float>(levels_in_window(cell_bits)) / static_cast<float>(trains.pulses)),
        mean_up_(mean_steps(Direction::up)),
        mean_down_(mean_steps(Direction::down)) {}

  Characterization result() const {
    Characterization found;
    found.changes.largest = largest_change();
    found.up = train(Direction::up, found.changes);
    found.down = train(Direction::down, found.changes);
    found.steps = step_table(mean_up_, mean_down_);
    found.symmetry_point = symmetry_point();
    return found;
  }

  PulseTable table() const {
    PulseTable table;
    table.source = "emulated";
    table.in_siemens = false;
    table.unit = "window";
    for (int device = 0; device < trains_.devices; ++device) {
      table.devices.push_back(fmt::format("{}", device + 1));
      for (Direction const direction : {Direction::up, Direction::down}) {
        Traits const own = traits(device);
        float position = start(own, direction);
        std::int32_t progress = 0;
        MeasuredTrain train{static_cast<std::size_t>(device), direction, {position / range}, 0};
        for (int pulse = 1; pulse <= trains_.pulses; ++pulse) {
          float const steps = passed_on(device, pulse, direction, progress);
          position = pulsed(own, device, pulse, position, steps, direction);
          train.conductance.push_back(position / range);
        }
        table.trains.push_back(std::move(train));
      }
    }
    return table;
  }

 private:
  static std::uint64_t item(int device) {
    return device_item(0, 0, 0, static_cast<std::uint64_t>(device), 0);
  }

  Traits traits(int device) const {
    if (!varies_) return nominal_traits(range);
    return traits_of(constants_, range, regenerated_draws(constants_, item(device)));
  }

  float change(Traits const& traits, float position, float steps, Direction direction) const {
    float const change = expected_change<Law>(law_, traits, position, steps, direction);
    return settled(constants_, WriteNoiseKind::off, traits, range, position, steps, change, 0.0F)
               .position -
           position;
  }

  /// Of a pulse's level steps, those that reach the conductance: of a law that counts pulses none,
  /// or the worth of a whole step of it.
  float passed_on(int device, int pulse, Direction direction, std::int32_t& progress) const {
    if constexpr (CountingLaw<Law>) {
      bool const up = direction == Direction::up;
      std::uint32_t const own = draw(constants_.seed, Stream::counter_traits, item(device), 0).w[0];
      PhiloxWords const words = draw(constants_.seed, Stream::counter_write, item(device),
                                     static_cast<std::uint64_t>(pulse), up ? 1 : 0);
      bool const stochastic = constants_.rounding == CodeRounding::stochastic;
      CountedSteps const next = counted_steps(law_.constants().counter, own, progress, steps_, up,
                                              stochastic ? uniform_of(words.w[0]) : 0.5F);
      progress = next.progress;
      return next.steps;
    } else {
      return steps_;
    }
  }

  /// Those of a nominal device, on average.
  float mean_steps(Direction direction) const {
    if constexpr (CountingLaw<Law>) {
      constexpr int many = 4096;
      PulseCounter nominal = law_.constants().counter;
      nominal.spread = nominal.asymmetry = 0.0F;
      CountedSteps next{0, 0.0F};
      double sum = 0.0;
      for (int i = 0; i < many; ++i) {
        next = counted_steps(nominal, 0, next.progress, steps_, direction == Direction::up, 0.5F);
        sum += static_cast<double>(next.steps);
      }
      return static_cast<float>(sum / many);
    } else {
      return steps_;
    }
  }

  /// The most that reach it at once, of a nominal device.
  float largest_steps() const {
    if constexpr (CountingLaw<Law>) {
      return steps_ + law_.constants().counter.worth;
    } else {
      return steps_;
    }
  }

  /// One noisy pulse, with the state rounded to its code as in training.
  float pulsed(Traits const& traits, int device, int pulse, float position, float steps,
               Direction direction) const {
    if (CountingLaw<Law> && steps == 0.0F) return position;
    bool const up = direction == Direction::up;
    PhiloxWords const words = draw(constants_.seed, Stream::write_noise, item(device),
                                   static_cast<std::uint64_t>(pulse), up ? 1 : 0);
    float const normal =
        DrawingLaw<Law> ? uniform_of(words.w[3]) : normal_pair(words.w[0], words.w[1]).first;
    Moved const moved = move_device<Law>(law_, constants_, constants_.write_noise, traits, range,
                                         position, steps, direction, normal);
    float const dither =
        constants_.rounding == CodeRounding::stochastic ? dither_of(words.w[2]) : 0.5F;
    return position_of(code_of_position(moved.position, dither));
  }

  static float start(Traits const& own, Direction direction) {
    return position_of(code_of_position(direction == Direction::up ? own.low : own.high, 0.5F));
  }

  TrainCurve train(Direction direction, ChangeMap& changes) const {
    std::vector<std::uint64_t>& counts = direction == Direction::up ? changes.up : changes.down;
    counts.resize(static_cast<std::size_t>(ChangeMap::places) * ChangeMap::sizes);
    std::vector<Moments> curve(static_cast<std::size_t>(trains_.pulses) + 1);
    Moments half_way;
    double unexplained = 0.0;
    for (int device = 0; device < trains_.devices; ++device) {
      Traits const own = traits(device);
      float position = start(own, direction);
      float quiet = direction == Direction::up ? own.low : own.high;
      std::int32_t progress = 0;
      curve[0].add(position / range);
      for (int pulse = 1; pulse <= trains_.pulses; ++pulse) {
        float const steps = passed_on(device, pulse, direction, progress);
        float const expected = position + change(own, position, steps, direction);
        float const from = position;
        position = pulsed(own, device, pulse, position, steps, direction);
        double const off = (position - expected) / range;
        unexplained += off * off;
        ++counts[cell_of(from / range, (position - from) / range, changes.largest)];
        curve[static_cast<std::size_t>(pulse)].add(position / range);
        if (2 * pulse <= trains_.pulses) quiet += change(own, quiet, steps, direction);
      }
      half_way.add(quiet / range);
    }
    return summary(curve, direction, unexplained, half_way.result().std);
  }

  /// Largest change of a pulse by law, spread and four deviations of noise; in windows.
  double largest_change() const {
    double largest = 0.0;
    float const steps = largest_steps();
    for (StepAt const& step : step_table(steps, steps)) {
      for (double const change : {step.up, step.down}) {
        float const noise = write_noise_std(constants_, constants_.write_noise, range,
                                            static_cast<float>(step.conductance) * range, steps,
                                            static_cast<float>(change) * range);
        constexpr std::int32_t three_deviations = 96;
        double const spread = static_cast<double>(
            slope_of(constants_.spread, three_deviations, 3.0F * constants_.spread.asymmetry));
        largest =
            std::max(largest, std::abs(change) * spread + 4.0 * static_cast<double>(noise) / range);
      }
    }
    return std::clamp(largest, 1e-6, 1.0);
  }

  static std::size_t cell_of(float conductance, float change, double largest) {
    auto const place = static_cast<int>(conductance * ChangeMap::places);
    double const part = 0.5 * (static_cast<double>(change) / largest + 1.0);
    auto const size = static_cast<int>(std::clamp(part, 0.0, 1.0) * ChangeMap::sizes);
    return static_cast<std::size_t>(std::min(place, ChangeMap::places - 1)) * ChangeMap::sizes +
           static_cast<std::size_t>(std::min(size, ChangeMap::sizes - 1));
  }

  TrainCurve summary(std::vector<Moments> const& curve, Direction direction, double unexplained,
                     double device_spread) const {
    TrainCurve result;
    for (Moments const& point : curve) result.conductance.push_back(point.result());
    for (int pulse = 0; pulse <= trains_.pulses && !result.pulses_to_95; ++pulse) {
      double const mean = result.conductance[static_cast<std::size_t>(pulse)].mean;
      if ((direction == Direction::up ? mean : 1.0 - mean) >= 0.95) result.pulses_to_95 = pulse;
    }
    double const moves = static_cast<double>(trains_.devices) * trains_.pulses;
    result.cycle_noise = std::sqrt(unexplained / moves);
    result.device_spread = device_spread;
    count_states(result, constants_.write_noise != WriteNoiseKind::off);
    return result;
  }

  static void count_states(TrainCurve& curve, bool noisy) {
    double const first = curve.conductance.front().mean;
    double const way = std::abs(curve.conductance.back().mean - first);
    std::size_t pulse = 0;
    while (std::abs(curve.conductance[pulse].mean - first) < 0.95 * way) ++pulse;
    if (pulse == 0) return;
    curve.mean_step = std::abs(curve.conductance[pulse].mean - first) / static_cast<double>(pulse);
    curve.states_by_step = way / curve.mean_step;
    if (noisy) curve.states_by_noise = way / curve.cycle_noise;
  }

  float nominal_change(double at, float steps, Direction direction) const {
    return expected_change<Law>(law_, nominal_traits(range), static_cast<float>(at) * range, steps,
                                direction) /
           range;
  }

  std::vector<StepAt> step_table(float up, float down) const {
    std::vector<StepAt> table;
    for (int i = 0; i <= 20; ++i) {
      double const at = i / 20.0;
      table.push_back(
          {at, nominal_change(at, up, Direction::up), nominal_change(at, down, Direction::down)});
    }
    return table;
  }

  double imbalance(double at) const {
    double const up = nominal_change(at, mean_up_, Direction::up);
    return up + nominal_change(at, mean_down_, Direction::down);
  }

  /// Bisection between the first two points of a grid where the imbalance changes its sign.
  std::optional<double> symmetry_point() const {
    constexpr double negligible = 1e-6;  // float32 changes of parts of the window
    for (int i = 0; i < 64; ++i) {
      double low = i / 64.0;
      double high = (i + 1) / 64.0;
      double const first = imbalance(low);
      double const last = imbalance(high);
      if (first * last > 0.0) continue;
      if (std::abs(first) < negligible && std::abs(last) < negligible) return std::nullopt;
      for (int halving = 0; halving < 30; ++halving) {
        double const middle = 0.5 * (low + high);
        (imbalance(middle) * last > 0.0 ? high : low) = middle;
      }
      return last == 0.0 ? high : 0.5 * (low + high);
    }
    return std::nullopt;
  }

  PulseTrains trains_;
  PreparedLaw<Law> law_;
  DeviceConstants constants_;
  bool varies_;
  float steps_;    // level steps of one pulse
  float mean_up_;  // of them, those that reach a nominal device's conductance
  float mean_down_;
};

}  // namespace

Characterization characterize(DeviceConfig const& config, PulseTrains const& trains) {
  Characterization result;
  visit_law(static_cast<int>(config.law.index()),
            [&]<class Law>() { result = Bench<Law>(config, trains).result(); });
  return result;
}

PulseTable emulated_trains(DeviceConfig const& config, PulseTrains const& trains) {
  PulseTable table;
  visit_law(static_cast<int>(config.law.index()),
            [&]<class Law>() { table = Bench<Law>(config, trains).table(); });
  return table;
}

}  // namespace panther
