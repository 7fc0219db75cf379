// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Outer-product accumulate (OPA): every device (i, j) of every slice moves by n_s(i, j) level steps
// in the direction -sgn(X_i) sgn(U_j); examples act one after the other, in order.
//
// Streamed drive (the hardware): |X_i| streams bit by bit on the rows, the digits of (|U_j| << t)
// >> drop on the columns, so n_s = sum_t bit_t(|X_i|) digit_s((|U_j| << t) >> drop); bits below
// slice 0 are lost step by step. Digit drive: the product is formed digitally, rounded half to
// even, and its digits are applied. Delta drive: a weight change formed elsewhere (batch gradient,
// optimizer) is sliced and applied once.
//
// Behind resistive wires a device takes a share of its steps (kernels/wires/shares.hpp), of which
// its law moves it by a real number. A law that counts pulses moves its progress first; the code
// moves by the steps that it passes on (xbar/progress.hpp). Counters count what was asked for.
//
// Zero rows, columns and digits change nothing. Random words: a group of four columns that are 16
// apart shares a Philox block (word k for column 64 g + 16 k + l), which lets sixteen vector lanes
// use their own block without shuffles; normals pair words 0-1 and 2-3, the dither is a word's low
// byte. A law that draws gets the upper bits of the device's own word instead of a normal.
//
// Work: 2 B read + 2 B written a device (state), at most 16 conditional adds for the step count.
// This functor is the definition of every backend; kernels/cpu has vector variants. Bit-identical
// everywhere.

#include <cstdint>

#include "kernels/base/counters.hpp"
#include "kernels/base/rounding.hpp"
#include "kernels/xbar/progress.hpp"
#include "kernels/xbar/traits.hpp"

namespace panther {

enum class UpdateDrive : std::uint8_t { streamed, digits, delta };

enum class Fidelity : std::uint8_t { aggregate, pulse };
template <>
struct EnumNames<Fidelity> {
  static constexpr std::array values{std::pair{Fidelity::aggregate, std::string_view{"aggregate"}},
                                     std::pair{Fidelity::pulse, std::string_view{"pulse"}}};
};

/// Shares of steps are whole multiples of 1 / share_one.
inline constexpr int share_one = 32768;

PANTHER_HD float share_value(std::uint16_t share) {
  return static_cast<float>(static_cast<std::int32_t>(share)) * 0x1p-15F;
}

struct UpdateArgs {
  XbarShape shape;
  Slicing slicing;
  std::int16_t* codes;
  std::int16_t* progress;       // as codes, of a law that counts pulses; else null
  std::uint16_t const* shares;  // as codes: of its steps, what a device takes; null: all of them
  TraitSource traits;
  DeviceConstants const* devices;  // [replica]
  void const* law;                 // Law::Constants [replica][slice]
  SliceCounters* counters;         // [replica][slice]
  LayerCounters* layer_counters;   // [replica]
  std::int16_t const* x;           // [replica][batch][row]
  std::int16_t const* u;           // [replica][batch][column]
  std::int32_t const* drop;   // [replica][batch] low product bits dropped; negative shifts left
  std::int32_t const* delta;  // delta drive: [replica][row][column] change in weight LSBs
  std::uint64_t first_step;   // step index of the first example
  std::uint64_t first_turn;   // vector cells of one moving device: turn of the first example
  int layer;
  unsigned set_mask;  // bit s: set s is updated
  int examples;       // acted on, in order; 1 for the delta drive
  int batch;  // examples from one replica's vectors to the next in x, u and drop; >= examples
  UpdateDrive drive;
  Fidelity fidelity;  // pulse: streamed drive only
  WriteNoiseKind noise;
  CodeRounding rounding;

  /// Of `steps` level steps, what the device at `index` takes.
  PANTHER_HD float taken(std::uint32_t steps, std::int64_t index) const {
    auto const asked = static_cast<float>(static_cast<std::int32_t>(steps));
    return shares == nullptr ? asked : asked * share_value(shares[index]);
  }
};

/// The devices of a cell that an example moves.
PANTHER_HD DeviceMask moving_devices(UpdateArgs const& args, int replica, int example) {
  Slicing const& slicing = args.slicing;
  auto const last = static_cast<unsigned>(slicing.planes_per_slice - 1);
  if (slicing.policy == VectorPolicy::all) return static_cast<DeviceMask>((2U << last) - 1U);
  std::uint64_t const turn = args.first_turn + static_cast<std::uint64_t>(example);
  auto device = static_cast<unsigned>(turn);
  if (slicing.policy == VectorPolicy::random) {
    std::uint64_t const item = device_item(static_cast<std::uint64_t>(args.layer), 0, 0, 0, 0);
    device = draw(args.devices[replica].seed, Stream::vector_device, item, turn).w[0];
  }
  return static_cast<DeviceMask>(1U << (device & last));
}

/// Whether an example's steps up and down of the level move the device of a plane.
struct Directions {
  bool up;
  bool down;

  PANTHER_HD bool either() const { return up || down; }
  PANTHER_HD bool takes(bool upward) const { return upward ? up : down; }
};

PANTHER_HD Directions directions_of(Slicing const& slicing, int plane, DeviceMask moving) {
  int const device = slicing.device_of(plane);
  return {(((slicing.up_devices & moving) >> device) & 1) != 0,
          (((slicing.down_devices & moving) >> device) & 1) != 0};
}

/// Columns that share a Philox block lie 16 apart; a lane is such a group of up to four columns.
PANTHER_HD constexpr int lane_column(int lane, int word) {
  return (lane / 16) * 64 + word * 16 + lane % 16;
}
PANTHER_HD constexpr int lane_of_column(int col) { return (col / 64) * 16 + col % 16; }
PANTHER_HD constexpr int word_of_column(int col) { return (col / 16) % 4; }
PANTHER_HD constexpr int lanes_of_row(int cols) { return (cols + 63) / 64 * 16; }

PANTHER_HD std::uint32_t magnitude_of(std::int32_t value) {
  return value < 0 ? 0U - static_cast<std::uint32_t>(value) : static_cast<std::uint32_t>(value);
}

/// digit_s of (|U| << t) >> drop, given q = p s + drop - t: p bits of |U| from bit q on.
PANTHER_HD std::uint32_t column_digit(std::uint32_t u, int q, int digit_bits) {
  if (q >= 32 || q <= -digit_bits) return 0;
  std::uint32_t const aligned = q >= 0 ? u >> q : u << -q;
  return aligned & ((1U << digit_bits) - 1U);
}

/// True if the streamed drive shifts a column past the weight's top digit: its high bits are lost.
PANTHER_HD bool stream_overflows(std::uint32_t x, std::uint32_t u, int drop, int weight_bits) {
  if (x == 0 || u == 0) return false;
  int top = 15;
  while (((x >> top) & 1U) == 0) --top;
  int const shift = drop - top;
  int const kept = weight_bits + shift;  // |U| must have at most this many bits
  return kept < 0 || (kept < 32 && (u >> kept) != 0);
}

/// Level steps of slice s under the streamed drive.
PANTHER_HD std::uint32_t streamed_steps(std::uint32_t x, std::uint32_t u, int drop, int slice,
                                        int digit_bits) {
  std::uint32_t steps = 0;
  for (int t = 0; t < 16; ++t) {
    if (((x >> t) & 1U) != 0) steps += column_digit(u, digit_bits * slice + drop - t, digit_bits);
  }
  return steps;
}

/// The product's magnitude in weight LSBs, rounded half to even, at most 2^32: one more than digits
/// of 32 bits hold, so that an overflow is seen.
PANTHER_HD std::uint64_t product_magnitude(std::uint32_t x, std::uint32_t u, int drop) {
  auto const product = static_cast<std::int64_t>(static_cast<std::uint64_t>(x) * u);
  auto const most = static_cast<std::int64_t>(1) << 32;
  if (drop < -32) return product == 0 ? 0 : static_cast<std::uint64_t>(most);
  std::int64_t const shifted = round_shift(product, drop);  // |product| <= 2^30
  return static_cast<std::uint64_t>(smaller(shifted, most));
}

/// Largest magnitude that the digits of all slices hold.
PANTHER_HD std::uint64_t largest_magnitude(Slicing const& slicing) {
  return (static_cast<std::uint64_t>(1) << slicing.weight_bits) - 1;
}

struct MovedCode {
  std::int16_t code;
  std::int32_t saturated;  // 1 or 0
};

/// The code after a move of one device. A mirrored device lives at reflected positions: its own
/// position is range - position, and it moves the other way.
template <class Law>
PANTHER_HD MovedCode moved_code(typename Law::Constants const& law, DeviceConstants const& device,
                                WriteNoiseKind noise, Traits const& traits, std::int32_t range,
                                bool mirrored, std::int16_t code, float steps, bool up,
                                float normal, float dither) {
  auto const width = static_cast<float>(range);
  float const stored = position_of(code);
  Moved const moved =
      move_device<Law>(law, device, noise, traits, width, mirrored ? width - stored : stored, steps,
                       up != mirrored ? Direction::up : Direction::down, normal);
  std::int16_t const physical = code_of_position(moved.position, dither);
  std::int32_t const reflected = range + 2 * code_of_g_min - physical;
  return {mirrored ? static_cast<std::int16_t>(reflected) : physical, moved.saturated};
}

/// Moves one device and writes its code back. `Args` has slicing, devices, law and noise:
/// UpdateArgs or ResolveArgs.
template <class Law, class Args>
struct DeviceMover {
  Args const& args;
  int replica;
  int plane;

  PANTHER_HD bool operator()(std::int16_t& code, Traits const& traits, float steps, bool up,
                             float normal, float dither) const {
    int const slice = args.slicing.slice_of(plane);
    auto const* const law = static_cast<typename Law::Constants const*>(args.law);
    MovedCode const moved =
        moved_code<Law>(law[replica * args.slicing.slices + slice], args.devices[replica],
                        args.noise, traits, window_range(args.slicing.cell_bits[slice]),
                        args.slicing.mirrored(plane), code, steps, up, normal, dither);
    code = moved.code;
    return moved.saturated != 0;
  }
};

/// One item: up to four columns of one row of one plane, all examples.
template <class Law>
struct UpdateLane {
  UpdateArgs args;

  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.shape.replicas) * args.shape.sets * args.shape.planes *
           args.shape.rows * lanes_of_row(args.shape.cols);
  }

  PANTHER_HD void operator()(std::int64_t item) const {
    int const lanes = lanes_of_row(args.shape.cols);
    int const lane = static_cast<int>(item % lanes);
    std::int64_t rest = item / lanes;
    int const row = static_cast<int>(rest % args.shape.rows);
    rest /= args.shape.rows;
    int const plane = static_cast<int>(rest % args.shape.planes);
    rest /= args.shape.planes;
    int const set = static_cast<int>(rest % args.shape.sets);
    if (((args.set_mask >> set) & 1U) == 0) return;
    update_lane(static_cast<int>(rest / args.shape.sets), set, plane, row, lane);
  }

  PANTHER_HD void update_lane(int replica, int set, int plane, int row, int lane) const {
    SliceCounters local{};
    for (int example = 0; example < args.examples; ++example) {
      std::int64_t const vector = static_cast<std::int64_t>(replica) * args.batch + example;
      std::int32_t const x =
          args.drive == UpdateDrive::delta ? 1 : args.x[vector * args.shape.rows + row];
      if (x == 0) continue;
      update_example(replica, set, plane, row, lane, example, x, local);
    }
    SliceCounters& counters =
        args.counters[replica * args.slicing.slices + args.slicing.slice_of(plane)];
    count(counters.updates, local.updates);
    count(counters.steps, local.steps);
    count(counters.saturations, local.saturations);
  }

  PANTHER_HD void update_example(int replica, int set, int plane, int row, int lane, int example,
                                 std::int32_t x, SliceCounters& local) const {
    bool const pulses = args.fidelity == Fidelity::pulse;
    if (plane == 0) note_overflows(replica, set, lane, example, x);
    Directions const moves =
        directions_of(args.slicing, plane, moving_devices(args, replica, example));
    if (!moves.either()) return;
    for (int t = 0; t < (pulses ? 16 : 1); ++t) {
      if (pulses && ((magnitude_of(x) >> t) & 1U) == 0) continue;
      LaneRandom const random =
          lane_random(replica, set, plane, row, lane, example, pulses ? t + 1 : 0);
      for (int word = 0; word < 4; ++word) {
        int const col = lane_column(lane, word);
        if (col >= args.shape.cols) break;
        update_device(replica, set, plane, row, col, example, x, pulses ? t : -1, moves,
                      random.normal[word], random.dither[word], local);
      }
    }
  }

  struct LaneRandom {
    float normal[4];  // of a law that draws: uniform
    float dither[4];
  };

  PANTHER_HD LaneRandom lane_random(int replica, int set, int plane, int row, int lane, int example,
                                    int sub_step) const {
    bool const noisy = args.noise != WriteNoiseKind::off;
    bool const stochastic = args.rounding == CodeRounding::stochastic;
    LaneRandom random{{0, 0, 0, 0}, {0.5F, 0.5F, 0.5F, 0.5F}};
    if (!noisy && !stochastic && !DrawingLaw<Law>) return random;
    std::uint64_t const item =
        device_item(static_cast<std::uint64_t>(args.layer), static_cast<std::uint64_t>(set),
                    static_cast<std::uint64_t>(plane), static_cast<std::uint64_t>(row),
                    static_cast<std::uint64_t>(lane));
    PhiloxWords const words = draw(args.devices[replica].seed, Stream::update_noise, item,
                                   args.first_step + static_cast<std::uint64_t>(example),
                                   static_cast<std::uint32_t>(sub_step));
    if (DrawingLaw<Law>) {
      for (int word = 0; word < 4; ++word) random.normal[word] = uniform_of(words.w[word]);
    } else if (noisy) {
      NormalPair const low = normal_pair(words.w[0], words.w[1]);
      NormalPair const high = normal_pair(words.w[2], words.w[3]);
      random.normal[0] = low.first;
      random.normal[1] = low.second;
      random.normal[2] = high.first;
      random.normal[3] = high.second;
    }
    for (int word = 0; stochastic && word < 4; ++word)
      random.dither[word] = dither_of(words.w[word]);
    return random;
  }

  /// Steps and direction of one device in one example (or one stream step t >= 0 of it).
  PANTHER_HD void update_device(int replica, int set, int plane, int row, int col, int example,
                                std::int32_t x, int t, Directions moves, float normal, float dither,
                                SliceCounters& local) const {
    std::int64_t const vector = static_cast<std::int64_t>(replica) * args.batch + example;
    bool const delta_drive = args.drive == UpdateDrive::delta;
    std::int32_t const u =
        delta_drive ? args.delta[(static_cast<std::int64_t>(replica) * args.shape.rows + row) *
                                     args.shape.cols +
                                 col]
                    : args.u[vector * args.shape.cols + col];
    int const drop = delta_drive ? 0 : args.drop[vector];
    int const slice = args.slicing.slice_of(plane);
    std::uint32_t const steps = steps_of(magnitude_of(x), magnitude_of(u), drop, slice, t)
                                << args.slicing.gain_bits;
    bool const up = delta_drive ? u > 0 : ((x < 0) != (u < 0));
    if (steps == 0 || !moves.takes(up)) return;
    std::int64_t const index = args.shape.index(replica, set, plane, row, col);
    std::uint64_t const item =
        device_item(static_cast<std::uint64_t>(args.layer), static_cast<std::uint64_t>(set),
                    static_cast<std::uint64_t>(plane), static_cast<std::uint64_t>(row),
                    static_cast<std::uint64_t>(col));
    float const range = static_cast<float>(window_range(args.slicing.cell_bits[slice]));
    Traits const traits = args.traits.load(args.devices[replica], range, index, item);
    ++local.updates;
    local.steps += steps;
    float const asked = args.taken(steps, index);
    float const taken = reaching({replica, set, plane, row, col, index}, example, t + 1, asked, up);
    if (taken == 0.0F) return;
    bool const saturated = DeviceMover<Law, UpdateArgs>{args, replica, plane}(
        args.codes[index], traits, taken, up, normal, dither);
    local.saturations += saturated ? 1U : 0U;
  }

  /// Of level steps, those that reach the code.
  PANTHER_HD float reaching(DevicePlace const& at, int example, int sub_step, float steps,
                            bool up) const {
    std::uint64_t const group = at.item(args.layer, lane_of_column(at.col));
    int const word = word_of_column(at.col);
    return passed_on<Law>(
        args, at, group, word, steps, up,
        {Stream::counter_update, group, args.first_step + static_cast<std::uint64_t>(example),
         static_cast<std::uint32_t>(sub_step), word});
  }

  PANTHER_HD std::uint32_t steps_of(std::uint32_t x, std::uint32_t u, int drop, int slice,
                                    int t) const {
    int const p = args.slicing.digit_bits;
    if (t >= 0) return column_digit(u, p * slice + drop - t, p);
    if (args.drive == UpdateDrive::streamed) return streamed_steps(x, u, drop, slice, p);
    std::uint64_t const magnitude =
        args.drive == UpdateDrive::delta ? u : product_magnitude(x, u, drop);
    std::uint64_t const held = smaller(magnitude, largest_magnitude(args.slicing));
    return static_cast<std::uint32_t>(held >> (p * slice)) & mask(p);
  }

  PANTHER_HD static std::uint32_t mask(int digit_bits) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(1) << digit_bits) - 1);
  }

  /// Counts outer products with more bits than the weight, once for all sets and planes: the
  /// streamed drive loses their top digits, the digit drive saturates.
  PANTHER_HD void note_overflows(int replica, int set, int lane, int example,
                                 std::int32_t x) const {
    bool const first_set = (args.set_mask & ((1U << set) - 1U)) == 0;
    if (!first_set || args.drive == UpdateDrive::delta) return;
    std::int64_t const vector = static_cast<std::int64_t>(replica) * args.batch + example;
    std::uint64_t overflows = 0;
    for (int word = 0; word < 4; ++word) {
      int const col = lane_column(lane, word);
      if (col >= args.shape.cols) break;
      overflows += overflowed(magnitude_of(x), magnitude_of(args.u[vector * args.shape.cols + col]),
                              args.drop[vector])
                       ? 1U
                       : 0U;
    }
    count(args.layer_counters[replica].update_overflows, overflows);
  }

  PANTHER_HD bool overflowed(std::uint32_t x, std::uint32_t u, int drop) const {
    if (args.drive == UpdateDrive::streamed)
      return stream_overflows(x, u, drop, args.slicing.weight_bits);
    return product_magnitude(x, u, drop) > largest_magnitude(args.slicing);
  }
};

}  // namespace panther
