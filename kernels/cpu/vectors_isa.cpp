// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Digital vectors, compiled once per instruction set: the loops over elements of
// kernels/digital/operations.hpp, with what a whole vector shares taken out of them, so that they
// become vector code. Sums are 128 bits wide and mostly need fewer than 62: a piece of a vector
// whose sums or shifts need more is left to the definition.

#include <cstdint>
#include <cstring>

#include "kernels/cpu/kernel_table.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

constexpr int piece = 256;  // elements on the stack at a time
constexpr int narrow_bits = 61;

/// Division by 2^shift, rounded half to even, as round_shift() without its branches. Holds for
/// 0 <= shift <= narrow_bits and |value| < 2^narrow_bits.
struct RightShift {
  int shift;
  std::int64_t below_half;
  std::int64_t odd_bit;

  explicit RightShift(int bits)
      : shift(bits),
        below_half(bits > 0 ? (std::int64_t{1} << (bits - 1)) - 1 : 0),
        odd_bit(bits > 0 ? 1 : 0) {}
  std::int64_t operator()(std::int64_t value) const {
    return (value + below_half + ((value >> shift) & odd_bit)) >> shift;
  }
};

constexpr bool is_narrow(int shift) { return shift >= 0 && shift <= narrow_bits; }

/// Copies sums as 64-bit numbers; false if one has narrow_bits or more.
bool narrowed(i128 const* sums, int count, std::int64_t* narrow) {
  std::int64_t spread = 0;
  for (int i = 0; i < count; ++i) {
    std::int64_t words[2];
    std::memcpy(words, sums + i, sizeof words);
    std::int64_t const sign = words[0] >> 63;
    spread |= (words[1] ^ sign) | ((words[0] >> narrow_bits) ^ sign);
    narrow[i] = words[0];
  }
  return spread == 0;
}

/// Saturated words of sums; `lost` is 1 where a word saturated. False if the definition must do it.
bool words_of(i128 const* sums, int count, int shift, std::int16_t* word, std::int16_t* lost) {
  std::int64_t narrow[piece];
  if (!is_narrow(shift) || !narrowed(sums, count, narrow)) return false;
  RightShift const round(shift);
  for (int i = 0; i < count; ++i) {
    std::int64_t const whole = round(narrow[i]);
    std::int64_t const kept = clamped<std::int64_t>(whole, -32768, 32767);
    word[i] = static_cast<std::int16_t>(kept);
    lost[i] = static_cast<std::int16_t>(kept != whole);
  }
  return true;
}

std::int16_t saturated_word(std::int32_t whole) {
  return static_cast<std::int16_t>(clamped(whole, -32768, 32767));
}

/// Activations of pre-activations z; counts elements of which either word saturated.
template <Activation activation>
std::int64_t curved(std::int16_t const* z, std::int16_t const* lost, int count, int z_fraction,
                    int y_fraction, std::int16_t* y) {
  std::int32_t saturated = 0;
  for (int i = 0; i < count; ++i) {
    float const value = value_of(z[i], z_fraction);
    std::int32_t const whole =
        whole_word(activation == Activation::sigmoid ? sigmoid(value) : tanh(value), y_fraction);
    y[i] = saturated_word(whole);
    saturated += lost[i] | static_cast<std::int32_t>(y[i] != whole);
  }
  return saturated;
}

template <Activation activation>
std::int64_t straight(std::int16_t const* z, std::int16_t const* lost, int count, int shift,
                      std::int16_t* y) {
  RightShift const round(larger(shift, 0));
  int const left = larger(-shift, 0);
  std::int64_t saturated = 0;
  for (int i = 0; i < count; ++i) {
    std::int64_t const passed =
        activation == Activation::relu ? larger<std::int64_t>(z[i], 0) : z[i];
    std::int64_t const whole = round(passed * (std::int64_t{1} << left));
    std::int64_t const kept = clamped<std::int64_t>(whole, -32768, 32767);
    y[i] = static_cast<std::int16_t>(kept);
    saturated += lost[i] | static_cast<std::int64_t>(kept != whole);
  }
  return saturated;
}

std::int64_t activate(Activation activation, ForwardVector::Formats const& format,
                      std::int16_t const* z, std::int16_t const* lost, int count, std::int16_t* y) {
  int const shift = format.z - format.y;
  switch (activation) {
    case Activation::sigmoid:
      return curved<Activation::sigmoid>(z, lost, count, format.z, format.y, y);
    case Activation::tanh:
      return curved<Activation::tanh>(z, lost, count, format.z, format.y, y);
    case Activation::relu:
      return straight<Activation::relu>(z, lost, count, shift, y);
    case Activation::identity:
      return straight<Activation::identity>(z, lost, count, shift, y);
  }
  return 0;
}

// A word shifted left from one format to another stays within 64 bits.
static_assert(most_fraction_bits - least_fraction_bits + 15 < 63);

void write_read_words(ForwardVector const& whole, std::int16_t const* y, int count, int y_fraction,
                      std::int16_t* read_y) {
  for (int i = 0; i < count; ++i) read_y[i] = whole.read_word(y[i], y_fraction);
}

void forward_vector(ForwardVector const& whole, std::int64_t vector) {
  ForwardArgs const& args = whole.args;
  int bits = 0;
  if (args.scale == Scale::dynamic_pow2) {
    for (int col = 0; col < args.cols; ++col) bits = larger(bits, whole.peak_bits(vector, col));
  }
  ForwardVector::Formats const format = whole.formats(vector, bits);
  std::uint64_t saturated = 0;
  for (int first = 0; first < args.cols; first += piece) {
    int const count = smaller(piece, args.cols - first);
    std::int16_t z[piece];
    std::int16_t lost[piece];
    if (words_of(args.sums + vector * args.cols + first, count, format.sum - format.z, z, lost)) {
      std::int64_t const at = vector * args.y_rows + first;
      saturated += static_cast<std::uint64_t>(
          activate(args.activation, format, z, lost, count, args.y + at));
      if (args.read_y != nullptr)
        write_read_words(whole, args.y + at, count, format.y, args.read_y + at);
      continue;
    }
    for (int i = 0; i < count; ++i) saturated += whole.convert(vector, first + i, bits) ? 1U : 0U;
  }
  whole.finish(vector, bits, saturated);
}

/// Errors times the derivative at the outputs y; counts saturated ones that the derivative lets
/// pass.
template <Activation activation>
std::int64_t scaled_errors(std::int16_t const* error, std::int16_t const* lost,
                           std::int16_t const* y, int y_fraction, int count, std::int16_t* e) {
  std::int32_t saturated = 0;
  for (int i = 0; i < count; ++i) {
    float const derivative = derivative_of(activation, value_of(y[i], y_fraction));
    e[i] = saturated_word(
        static_cast<std::int32_t>(nearest(static_cast<float>(error[i]) * derivative)));
    saturated += lost[i] & static_cast<std::int32_t>(derivative != 0.0F);
  }
  return saturated;
}

std::int64_t scale_errors(Activation activation, std::int16_t const* error,
                          std::int16_t const* lost, std::int16_t const* y, int y_fraction,
                          int count, std::int16_t* e) {
  switch (activation) {
    case Activation::sigmoid:
      return scaled_errors<Activation::sigmoid>(error, lost, y, y_fraction, count, e);
    case Activation::tanh:
      return scaled_errors<Activation::tanh>(error, lost, y, y_fraction, count, e);
    case Activation::relu:
      return scaled_errors<Activation::relu>(error, lost, y, y_fraction, count, e);
    case Activation::identity:
      return scaled_errors<Activation::identity>(error, lost, y, y_fraction, count, e);
  }
  return 0;
}

void backward_vector(BackwardVector const& whole, std::int64_t vector) {
  BackwardArgs const& args = whole.args;
  int bits = 0;
  if (args.scale == Scale::dynamic_pow2) {
    for (int i = 0; i < args.width; ++i) bits = larger(bits, whole.peak_bits(vector, i));
  }
  int const shift = whole.sum_fraction(vector) - whole.fraction(vector, bits);
  std::uint64_t saturated = 0;
  for (int first = 0; first < args.width; first += piece) {
    int const count = smaller(piece, args.width - first);
    std::int64_t const at = vector * args.rows + first;
    std::int16_t error[piece];
    std::int16_t lost[piece];
    if (words_of(args.sums + at, count, shift, error, lost)) {
      saturated += static_cast<std::uint64_t>(
          scale_errors(args.activation, error, lost, args.y + at, args.y_fraction[vector], count,
                       args.e + vector * args.width + first));
      continue;
    }
    for (int i = 0; i < count; ++i) saturated += whole.convert(vector, first + i, bits) ? 1U : 0U;
  }
  whole.finish(vector, bits, saturated);
}

void drive_vector(DriveVector const& whole, std::int64_t vector) {
  DriveArgs const& args = whole.args;
  float peak = 0.0F;
  if (args.scale == Scale::dynamic_pow2) {
    for (int j = 0; j < args.cols; ++j) peak = larger(peak, whole.magnitude(vector, j));
  }
  float const rate = args.learning_rate[vector / args.examples];
  int const e_fraction = args.e_fraction[vector];
  int const u_fraction = whole.fraction(peak);
  std::int16_t const* const e = args.e + vector * args.cols;
  std::int16_t* const u = args.u + vector * args.cols;
  std::int32_t saturated = 0;
  for (int j = 0; j < args.cols; ++j) {
    std::int32_t const word = whole_word(rate * value_of(e[j], e_fraction), u_fraction);
    u[j] = saturated_word(word);
    saturated += static_cast<std::int32_t>(u[j] != word);
  }
  whole.finish(vector, peak, static_cast<std::uint64_t>(saturated));
}

void gather_vector(GatherArgs const& args, std::int64_t vector) {
  std::uint8_t const* const image =
      args.images + static_cast<std::int64_t>(args.order[vector]) * args.pixels;
  std::int16_t* const x = args.x + vector * args.rows;
  for (int row = 0; row < args.pixels; ++row) {
    x[row] = saturated_word(whole_word(static_cast<float>(image[row]) / 255.0F, args.fraction));
  }
  if (args.rows > args.pixels) x[args.pixels] = static_cast<std::int16_t>(1 << args.fraction);
  args.x_fraction[vector] = args.fraction;
}

}  // namespace

void gather(GatherArgs const& args, std::int64_t first, std::int64_t last) {
  for (std::int64_t vector = first; vector < last; ++vector) gather_vector(args, vector);
}

void forward(ForwardArgs const& args, std::int64_t first, std::int64_t last) {
  ForwardVector const whole{args};
  for (std::int64_t vector = first; vector < last; ++vector) forward_vector(whole, vector);
}

void loss(LossArgs const& args, std::int64_t first, std::int64_t last) {
  LossVector const whole{args};
  for (std::int64_t vector = first; vector < last; ++vector) whole(vector);
}

void backward(BackwardArgs const& args, std::int64_t first, std::int64_t last) {
  BackwardVector const whole{args};
  for (std::int64_t vector = first; vector < last; ++vector) backward_vector(whole, vector);
}

void drive(DriveArgs const& args, std::int64_t first, std::int64_t last) {
  DriveVector const whole{args};
  for (std::int64_t vector = first; vector < last; ++vector) drive_vector(whole, vector);
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
