// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/gpu_check/random_crossbar.hpp"

#include <type_traits>

namespace panther::gpu_check {

namespace {

SlicingConfig random_slicing(Draws& draws) {
  static std::vector<SlicingConfig> const slicings = {
      {.weight_bits = 16, .cell_bits_lsb_first = {6, 6, 6, 6, 6, 6, 6, 6}},
      {.weight_bits = 16, .cell_bits_lsb_first = {5, 5, 5, 6, 6, 4, 4, 4}},
      {.weight_bits = 16, .cell_bits_lsb_first = {3, 3, 3, 3, 3, 3, 3, 3}},
      {.weight_bits = 16, .cell_bits_lsb_first = {16}},
      {.weight_bits = 32, .cell_bits_lsb_first = {6, 6, 6, 6, 6, 6, 6, 6}},
      {.weight_bits = 32, .cell_bits_lsb_first = {6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6}},
      {.weight_bits = 12, .cell_bits_lsb_first = {5, 9, 12}}};
  SlicingConfig slicing =
      slicings[static_cast<std::size_t>(draws.whole(0, static_cast<int>(slicings.size()) - 1))];
  slicing.digits = draws.pick({DigitSet::two_complement, DigitSet::balanced});
  slicing.encoding = draws.pick({Encoding::offset, Encoding::differential});
  return slicing;
}

SlicingConfig random_compound_slicing(Draws& draws) {
  SlicingConfig slicing = random_slicing(draws);
  slicing.encoding = draws.pick({Encoding::vector, Encoding::vector, Encoding::reference,
                                 Encoding::one_sided, Encoding::one_sided});
  if (slicing.encoding != Encoding::vector) return slicing;
  bool const many = slicing.cell_bits_lsb_first.size() > 8;
  slicing.devices_per_cell = draws.pick({2, 4, many ? 4 : 8});
  slicing.vector_policy =
      draws.pick({VectorPolicy::all, VectorPolicy::sequential, VectorPolicy::random});
  return slicing;
}

/// Parameters that the pulse laws share by name, coarse enough to bend within a few steps.
template <class Params>
void draw_pulses(Draws& draws, Params& params) {
  if constexpr (requires { params.dw_min; }) {
    params.dw_min = draws.pick({0.001, 0.02, 0.3});
    params.w_max = 0.1 * draws.whole(5, 15);
    params.w_min = -0.1 * draws.whole(5, 15);
    params.up_down = 0.1 * draws.whole(-9, 9);
    if (draws.one_in(2)) params.window_max = 1.0;
  }
  if constexpr (requires { params.own_bounds; }) {
    params.gamma_up = 0.1 * draws.whole(-15, 15);
    params.gamma_down = 0.1 * draws.whole(-15, 15);
    params.own_bounds = draws.one_in(2);
    params.reverse_up = draws.one_in(2);
  }
  if constexpr (requires { params.reference; }) params.reference = 0.1 * draws.whole(-3, 3);
  if constexpr (requires { params.pow_gamma; }) params.pow_gamma = 0.25 * draws.whole(0, 12);
  if constexpr (requires { params.a_up; }) {
    params.a_up = -0.1 * draws.whole(-9, 20);
    params.a = 0.1 * draws.whole(-5, 5);
  }
  if constexpr (requires { params.hidden_states; }) {
    params.hidden_states = draws.pick({1.0, 2.0, 3.5, 16.0});
    params.hidden_up_down = 0.1 * draws.whole(-5, 5);
    params.hidden_dtod = 0.1 * draws.whole(0, 6);
    params.hidden_up_down_dtod = 0.1 * draws.whole(0, 2);
  }
  if constexpr (requires { params.piecewise_up; }) {
    int const nodes = draws.whole(1, 32);
    params.piecewise_up.clear();
    params.piecewise_down.clear();
    for (int i = 0; i < nodes; ++i) {
      params.piecewise_up.push_back(0.1 * draws.whole(1, 50));
      params.piecewise_down.push_back(0.1 * draws.whole(1, 50));
    }
  }
}

/// Laws without a case of their own here are checked with their defaults.
template <class Law>
typename Law::Params random_law(Draws& draws) {
  typename Law::Params params{};
  draw_pulses(draws, params);
  if constexpr (std::is_same_v<Law, Symmetric>) {
    params.alpha_up = 0.01 * draws.whole(0, 800);
    params.alpha_down = 0.01 * draws.whole(0, 800);
  }
  if constexpr (std::is_same_v<Law, Exponential>) {
    if (draws.one_in(2)) {
      params.label_up = 0.1 * draws.whole(-50, 50);
      params.label_down = 0.1 * draws.whole(-50, 50);
    } else {
      params.alpha_up = draws.one_in(4) ? 0.0 : 0.01 * draws.whole(-500, 500);
      params.alpha_down = draws.one_in(4) ? 0.0 : 0.01 * draws.whole(-500, 500);
    }
  }
  if constexpr (std::is_same_v<Law, Vteam>) {
    params.conduction = draws.pick({VteamConduction::linear, VteamConduction::exponential});
    params.window = draws.pick({VteamWindow::none, VteamWindow::biolek});
    params.r_off = draws.pick({500.0, 1e3, 1e5});
    params.edge_ns = draws.pick({0.0, 1.0});
    params.pulses = draws.whole(10, 200);
  }
  if constexpr (std::is_same_v<Law, FilamentGap>) {
    params.gap_max_nm = 0.1 * draws.whole(4, 10);
    params.set_voltage = 0.01 * draws.whole(115, 140);
    params.reset_voltage = 0.01 * draws.whole(115, 140);
    params.pulses = draws.whole(1, 100);
  }
  if constexpr (TableLaw<Law>) params.window_min = 0.01 * draws.whole(0, 50);
  return params;
}

/// What the other cases leave out: every property varies, with every key of it.
void make_imperfect(Draws& draws, DeviceConfig& device) {
  device.write_noise = {.kind = device.write_noise.kind, .c2c_pulses = 50};
  WriteNoise& noise = device.write_noise;
  bool const by_window =
      noise.kind == WriteNoiseKind::per_pulse || noise.kind == WriteNoiseKind::constant;
  (by_window ? noise.c2c : noise.sigma) = 0.01 * draws.whole(1, 20);
  if (noise.kind == WriteNoiseKind::state_dependent) {
    noise.add = 0.01 * draws.whole(0, 5);
    noise.slope = 0.01 * draws.whole(0, 20);
    noise.zero = 0.1 * draws.whole(0, 10);
  }
  device.spread = {
      .distribution = draws.pick({SlopeDistribution::normal, SlopeDistribution::log_normal}),
      .slope = 0.01 * draws.whole(1, 80),
      .slope_correlation = 0.1 * draws.whole(-10, 10),
      .asymmetry = 0.01 * draws.whole(1, 20),
      .window_low = 0.01 * draws.whole(0, 20),
      .window_high = 0.01 * draws.whole(0, 20),
      .window_correlation = 0.1 * draws.whole(-10, 10),
      .nonlinearity = 0.01 * draws.whole(1, 50),
      .nonlinearity_correlation = 0.1 * draws.whole(-10, 10)};
  device.stuck = {.low = 0.01 * draws.whole(0, 5),
                  .high = 0.01 * draws.whole(0, 5),
                  .dead = 0.01 * draws.whole(1, 10),
                  .dead_low = 0.1 * draws.whole(0, 5),
                  .dead_high = 0.1 * draws.whole(5, 10),
                  .map = draws.pick({FaultMap::uniform, FaultMap::clustered}),
                  .cluster = draws.whole(1, 9),
                  .word_lines = 0.01 * draws.whole(1, 10),
                  .bit_lines = 0.01 * draws.whole(0, 10),
                  .line_devices = draws.whole(1, 40)};
}

/// One replica's devices. Which properties vary is the same in all.
DeviceConfig random_device(Draws& draws, CrossbarChoice const& choice, Variation const& varied,
                           CodeRounding rounding) {
  DeviceConfig device;
  device.on_off_ratio = draws.pick({1.5, 10.0, 1000.0});
  device.rounding = rounding;
  device.write_noise.kind = choice.noise;
  device.write_noise.sigma = choice.noise == WriteNoiseKind::off ? 0.0 : 0.01 * draws.whole(1, 20);
  if (varied.slope) {
    device.spread.slope = 0.01 * draws.whole(1, 50);
    device.spread.slope_correlation = 0.1 * draws.whole(-10, 10);
  }
  if (varied.bend) device.spread.nonlinearity = 0.01 * draws.whole(1, 50);
  if (varied.bounds) {
    device.spread.window = 0.01 * draws.whole(1, 15);
    device.stuck.low = 0.01 * draws.whole(0, 10);
    device.stuck.high = 0.01 * draws.whole(0, 10);
  }
  if (choice.read_noise) {
    device.read_noise.relative = 0.01 * draws.whole(0, 10);
    device.read_noise.line = 0.1 * draws.whole(1, 20);
  }
  if (choice.imperfect) make_imperfect(draws, device);
  return device;
}

void fill_laws(Draws& draws, Crossbar& xbar) {
  visit_law(xbar.law, [&]<class Law>() {
    for (int replica = 0; replica < xbar.shape.replicas; ++replica) {
      typename Law::Params params = random_law<Law>(draws);
      if constexpr (TableLaw<Law>) {
        params.tables = xbar.variation.table ? draws.whole(2, 4) : 1;
        xbar.devices[static_cast<std::size_t>(replica)].tables =
            static_cast<std::uint32_t>(params.tables);
      }
      xbar.laws.emplace_back(params);
    }
  });
}

/// Any state of the window, often its ends.
void fill_codes(Draws& draws, Crossbar& xbar) {
  XbarShape const& shape = xbar.shape;
  xbar.codes.resize(static_cast<std::size_t>(shape.devices()));
  for (std::size_t at = 0; at < xbar.codes.size(); ++at) {
    auto const index = static_cast<std::int64_t>(at);
    if (index % shape.stride >= shape.cols) continue;
    auto const plane = static_cast<int>(index / shape.plane_size() % shape.planes);
    int const range = window_range(xbar.slicing.cell_bits[xbar.slicing.slice_of(plane)]);
    int const kind = draws.whole(0, 7);
    int const position = kind == 0 ? 0 : (kind == 1 ? range : draws.whole(0, range));
    xbar.codes[at] = static_cast<std::int16_t>(position + code_of_g_min);
  }
}

void fill_progress(Draws& draws, Crossbar& xbar) {
  if (!counts_pulses(xbar.laws.front())) return;
  xbar.progress.resize(xbar.codes.size());
  for (auto& progress : xbar.progress) {
    progress = static_cast<std::int16_t>(draws.whole(-counter_one, counter_one));
  }
}

}  // namespace

std::int16_t Draws::word16() {
  int const kind = whole(0, 7);
  if (kind < 2) return 0;
  if (kind == 2) return pick<std::int16_t>({-32768, -32767, 32767, 1, -1});
  int const bits = whole(1, 15);
  return static_cast<std::int16_t>(whole(-(1 << bits), (1 << bits) - 1));
}

std::vector<std::int16_t> Draws::words16(std::size_t size) {
  std::vector<std::int16_t> values(size);
  for (auto& value : values) value = word16();
  return values;
}

std::vector<std::int32_t> Draws::wholes(std::size_t size, int low, int high) {
  std::vector<std::int32_t> values(size);
  for (auto& value : values) value = whole(low, high);
  return values;
}

Crossbar random_crossbar(Draws& draws, CrossbarChoice const& wanted) {
  CrossbarChoice choice = wanted;
  bool tables = false;
  visit_law(choice.law, [&]<class Law>() {
    tables = TableLaw<Law>;
    if (DrawingLaw<Law>) choice.noise = WriteNoiseKind::off;
  });
  Crossbar xbar{};
  xbar.law = choice.law;
  xbar.layer = draws.whole(0, 1000);
  xbar.slicing =
      make_slicing(choice.compound ? random_compound_slicing(draws) : random_slicing(draws));
  xbar.shape = {draws.pick({1, 2, 3}), draws.whole(1, 3), xbar.slicing.planes(),
                choice.rows,           choice.cols,       aligned_columns(choice.cols)};
  xbar.source = choice.variation;
  xbar.noise = choice.noise;
  xbar.rounding = draws.pick({CodeRounding::stochastic, CodeRounding::nearest});
  xbar.noisy_read = choice.read_noise;
  if (choice.variation != VariationSource::none) {
    int const which = draws.whole(1, 7);
    xbar.variation = {.slope = (which & 1) != 0,
                      .bend = (which & 2) != 0,
                      .bounds = (which & 4) != 0,
                      .table = tables};
  }
  if (choice.imperfect) xbar.variation = {true, true, true, true, true, true, tables};
  for (int replica = 0; replica < xbar.shape.replicas; ++replica) {
    xbar.devices.push_back(device_constants(
        random_device(draws, choice, xbar.variation, xbar.rounding), draws.wide()));
  }
  fill_laws(draws, xbar);
  fill_codes(draws, xbar);
  fill_progress(draws, xbar);
  return xbar;
}

XbarShape Crossbar::shape_in(Arena const& arena) const {
  XbarShape part = shape;
  part.replicas = arena.replicas();
  return part;
}

TraitSource Crossbar::traits_in(Arena& arena, Backend& backend) const {
  XbarShape const part = shape_in(arena);
  TraitSource traits{variation, nullptr, part.devices()};
  if (source != VariationSource::stored) return traits;
  auto const properties = static_cast<std::size_t>(stored_trait_bytes(variation));
  std::int8_t* const stored = arena.out(
      "traits", std::vector<std::int8_t>(properties * static_cast<std::size_t>(shape.devices())),
      properties);
  backend.store_traits({part, arena.in(devices), stored, variation, layer});
  traits.stored = stored;
  return traits;
}

SliceCounters* Crossbar::slice_counters_in(Arena& arena) const {
  return arena.out("slice counters", std::vector<SliceCounters>(replicas() * slices()));
}

LayerCounters* Crossbar::layer_counters_in(Arena& arena) const {
  return arena.out("layer counters", std::vector<LayerCounters>(replicas()));
}

PairCounters* Crossbar::pair_counters_in(Arena& arena) const {
  if (!slicing.one_sided()) return nullptr;
  return arena.out("pair counters", std::vector<PairCounters>(replicas() * slices()));
}

int counting_law() {
  static_assert(static_cast<int>(LawParams{HiddenStep::Params{}}.index()) == laws_without_counter);
  return laws_without_counter;
}

std::string law_name(int law) {
  std::string name;
  visit_law(law, [&]<class Law>() { name = std::string(Law::Params::name); });
  return name;
}

}  // namespace panther::gpu_check
