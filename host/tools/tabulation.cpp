// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/tabulation.hpp"

#include <algorithm>

#include "devicemodels/cell.hpp"
#include "devicemodels/core/example_table.hpp"

namespace panther {

namespace {

constexpr int cell_bits = 6;  // as in characterization: the window in pulses is the same for all
constexpr float range = static_cast<float>(window_range(cell_bits));

template <class Law>
class Tabulator {
 public:
  Tabulator(DeviceConfig const& config, Tabulation const& plan)
      : plan_(plan),
        law_(std::get<typename Law::Params>(config.law), cell_bits),
        constants_(device_constants(config, plan.seed)),
        varies_(variation_of(config).any()),
        steps_(static_cast<float>(levels_in_window(cell_bits)) / static_cast<float>(plan.pulses)) {
    int const moves = plan.levels * plan.draws;
    for (int i = 0; i < moves; ++i) {
      double const probability = (i + 0.5) / moves;
      numbers_.push_back(
          static_cast<float>(DrawingLaw<Law> ? probability : detail::normal_quantile(probability)));
      traits_.push_back(traits_of_device(i));
    }
  }

  LookupTable result() {
    LookupTable table;
    table.unit = "window";
    table.conductances = plan_.conductances;
    table.levels = plan_.levels;
    for (int device = 0; device < plan_.tables; ++device) {
      if (plan_.tables > 1) std::fill(traits_.begin(), traits_.end(), traits_of_device(device));
      table.devices.push_back({block(Direction::up), block(Direction::down)});
    }
    return table;
  }

 private:
  Traits traits_of_device(int device) const {
    Traits traits = nominal_traits(range);
    if (!varies_) return traits;
    std::uint64_t const item = device_item(0, 0, 0, static_cast<std::uint64_t>(device), 0);
    traits = traits_of(constants_, range, regenerated_draws(constants_, item));
    traits.low = 0.0F;
    traits.high = range;
    return traits;
  }

  /// One pulse's change in windows. Every move has its own share of the noise's distribution.
  double change(std::size_t move, float position, Direction direction) const {
    Traits const& traits = traits_[move];
    float const number = numbers_[move];
    if constexpr (DrawingLaw<Law>) {
      return Law::moved(law_, traits, position, steps_, direction, number) / range;
    } else {
      float const quiet = Law::moved(law_, traits, position, steps_, direction);
      if (constants_.write_noise == WriteNoiseKind::off) return quiet / range;
      float const carried_out = steps_carried_out<Law>(law_, steps_, direction);
      float const deviation =
          write_noise_std(constants_, constants_.write_noise, range, position, carried_out, quiet);
      return fused(deviation, number, quiet) / range;
    }
  }

  std::vector<double> block(Direction direction) const {
    auto const width = static_cast<std::size_t>(plan_.conductances);
    auto const draws = static_cast<std::size_t>(plan_.draws);
    std::vector<double> values(width * static_cast<std::size_t>(plan_.levels));
    std::vector<double> changes(numbers_.size());
    for (std::size_t i = 0; i < width; ++i) {
      float const position = range * static_cast<float>(i) / static_cast<float>(width - 1);
      for (std::size_t move = 0; move < changes.size(); ++move) {
        changes[move] = change(move, position, direction);
      }
      std::sort(changes.begin(), changes.end());
      for (std::size_t move = 0; move < changes.size(); ++move) {
        values[move / draws * width + i] += changes[move] / static_cast<double>(draws);
      }
    }
    return values;
  }

  Tabulation plan_;
  PreparedLaw<Law> law_;
  DeviceConstants constants_;
  bool varies_;
  float steps_;                 // level steps of one pulse
  std::vector<float> numbers_;  // of each move: N(0,1), or uniform for a law that draws
  std::vector<Traits> traits_;
};

}  // namespace

LookupTable tabulated(DeviceConfig const& config, Tabulation const& plan) {
  if (counts_pulses(config.law)) {
    throw std::invalid_argument(
        "law = \"" + std::string(law_name(config.law)) +
        "\" (its changes depend on a hidden state, which a table does not know)");
  }
  LookupTable table;
  visit_law(static_cast<int>(config.law.index()),
            [&]<class Law>() { table = Tabulator<Law>(config, plan).result(); });
  return table;
}

}  // namespace panther
