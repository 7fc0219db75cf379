// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "tests/host/sim/slow_model.hpp"

namespace panther::machine::test {
namespace {

constexpr int inputs = 768;
constexpr int outputs = 1536;
constexpr int all_registers = 3584;
constexpr int side = 128;

int to_word(double real) {
  double const scaled = real * 4096;
  auto const rounded =
      static_cast<std::int64_t>(scaled < 0 ? -std::floor(-scaled + 0.5) : std::floor(scaled + 0.5));
  auto const low = static_cast<int>(rounded & 0xFFFF);
  return low >= 0x8000 ? low - 0x10000 : low;
}

int wrap(std::int64_t value) {
  auto const low = static_cast<int>(value & 0xFFFF);
  return low >= 0x8000 ? low - 0x10000 : low;
}

double real_op(std::string const& op, double a, double b) {
  if (op == "add") return a + b;
  if (op == "sub") return a - b;
  if (op == "mul") return a * b;
  if (op == "relu") return std::max(a, 0.0);
  if (op == "max") return std::max(a, b);
  if (op == "sig") return 1 / (1 + std::exp(-a));
  if (op == "tanh") return std::tanh(a);
  throw std::logic_error("slow model: no op " + op);
}

std::string op_class(std::string const& op) {
  if (op == "mul") return "alu_mul";
  return op == "sig" || op == "tanh" ? "alu_act" : "alu_other";
}

}  // namespace

SlowCore::SlowCore(nlohmann::json const& program, SlowConstants const& constants)
    : registers(all_registers), program_(program), k_(constants) {}

void SlowCore::cycle(std::int64_t now, Counts& count) {
  ++cycles;
  if (!executing_.is_null() && execute(now, count)) executing_ = nullptr;
  if (halted) return;
  if (executing_.is_null() && !decoding_.is_null()) {
    decoded.push_back(now);
    executing_ = decoding_;
    decoding_ = nullptr;
    decode(count);
  }
  if (decoding_.is_null()) {
    ++count["imem"];
    if (pc_ < static_cast<int>(program_.size()))
      decoding_ = program_[static_cast<std::size_t>(pc_++)];
  }
}

void SlowCore::decode(Counts& count) {
  op_ = executing_[0];
  nominal_ = latency();
  std::string const& op = op_;
  step_ = 0;
  unit_ = 0;
  phase_ = 0;
  auto const reg = [&](std::size_t i) { return registers.at(executing_[i].get<std::size_t>()); };
  if (op == "ld") base_ = reg(2);
  if (op == "st") base_ = reg(1);
  if (op == "ld" || op == "st") ++count["dmem"];
  if (op == "beq") {
    operand_a_ = reg(1);
    operand_b_ = reg(2);
    count["dmem"] += 2;
  }
  if (op == "alu_int") {
    operand_a_ = reg(3);
    operand_b_ = reg(4);
    count["dmem"] += 2;
  }
}

double SlowCore::latency() const {
  std::string const& op = op_;
  if (op == "set") return executing_[3].get<int>();
  if (op == "alu" || op == "alui") return executing_[5].get<int>() / 4;
  if (op == "crs") return 10968.75;
  if (op != "train") return 1;
  double ip = 0;
  double op_time = 0;
  for (std::size_t m = 1; m < executing_.size(); ++m) {
    std::string const mask = executing_[m];
    if (mask[0] == '1' || mask[1] == '1') ip = k_.ip_lat * 18;
    if (mask[2] == '1') op_time = 4 * k_.op_lat;
  }
  return std::max(ip, op_time);
}

/// One execute cycle; true in the last one.
bool SlowCore::execute(std::int64_t now, Counts& count) {
  if (op_ == "ld") return execute_load(now, count);
  if (op_ == "st") return execute_store(count);
  ++step_;
  bool const last = nominal_ == 1 || (step_ > 1 && static_cast<double>(step_ - 1) >= nominal_ - 1);
  if (last) finish(count);
  return last;
}

bool SlowCore::execute_load(std::int64_t now, Counts& count) {
  int const words = executing_[3];
  if (phase_ == 0) {
    requesting = true;
    granted = false;
    is_load = true;
    width = words;
    address = base_ + unit_ * words;
    raised_at_ = now;
    phase_ = 1;
    return false;
  }
  bool const timeout = now - raised_at_ == k_.infinity - 1;
  if (phase_ == 1 && !timeout) {
    if (granted) phase_ = 2;
    return false;
  }
  int const first = executing_[1].get<int>() + unit_ * words;
  for (int i = 0; i < words; ++i)
    registers.at(static_cast<std::size_t>(first + i)) = data[static_cast<std::size_t>(i)];
  count_write(count, first, words);
  phase_ = 0;
  return ++unit_ == executing_[4].get<int>();
}

bool SlowCore::execute_store(Counts& count) {
  if (phase_ == 0) {
    phase_ = 1;
    return false;
  }
  if (phase_ == 1) {
    int const first = executing_[2].get<int>() + unit_ * 16;
    for (int i = 0; i < 16; ++i) {
      store_data[static_cast<std::size_t>(i)] =
          first + i < all_registers ? registers[static_cast<std::size_t>(first + i)] : 0;
    }
    count_read(count, first, 16);
    requesting = true;
    granted = false;
    is_load = false;
    width = executing_[4];
    address = base_ + unit_ * width;
    readers = executing_[3];
    phase_ = 2;
    return false;
  }
  if (!granted) return false;
  phase_ = 0;
  return ++unit_ == executing_[5].get<int>();
}

void SlowCore::count_read(Counts& count, int first, int words) const {
  for (int a = first; a < std::min(first + words, all_registers); ++a) {
    if (a >= outputs) ++count["dmem"];
    if (a >= inputs && a < outputs) ++count["xbOutmem"];
  }
}

void SlowCore::count_write(Counts& count, int first, int words) const {
  for (int a = first; a < first + words; ++a)
    ++count[a >= outputs ? "dmem" : a >= inputs ? "xbOutmem" : "xbInmem_wr"];
}

void SlowCore::jump(int target) {
  pc_ = target;
  if (!decoding_.is_null()) decoding_ = Json::array({"nop"});
}

void SlowCore::finish(Counts& count) {
  std::string const op = executing_[0];
  auto const number = [&](std::size_t i) { return executing_[i].get<int>(); };
  if (op == "hlt") halted = true;
  if (op == "jmp") jump(number(1));
  if (op == "beq") {
    count["alu_other"] += 4;
    if (operand_a_ == operand_b_) jump(number(3));
  }
  if (op == "set" || op == "cp") {
    int const words = number(3);
    for (int i = 0; i < words; ++i) {
      int const value =
          op == "set" ? wrap(number(2)) : registers.at(static_cast<std::size_t>(number(2) + i));
      registers.at(static_cast<std::size_t>(number(1) + i)) = value;
    }
    if (op == "cp") count_read(count, number(2), words);
    count_write(count, number(1), words);
  }
  if (op == "alu" || op == "alui") finish_alu(count);
  if (op == "alu_int") finish_alu_int(count);
  if (op == "train" || op == "crs") finish_train(count);
}

void SlowCore::finish_alu(Counts& count) {
  bool const immediate = executing_[0] == "alui";
  std::string const op = executing_[1];
  int const d1 = executing_[2];
  int const r1 = executing_[3];
  int const second = executing_[4];
  int const words = executing_[5];
  std::vector<int> results;
  for (int i = 0; i < words; ++i) {
    int const a = registers.at(static_cast<std::size_t>(r1 + i));
    int const b = immediate ? second : registers.at(static_cast<std::size_t>(second + i));
    results.push_back(d1 < outputs ? a : to_word(real_op(op, a / 4096.0, b / 4096.0)));
  }
  std::copy(results.begin(), results.end(), registers.begin() + d1);
  count_read(count, r1, words);
  if (!immediate) count_read(count, second, words);
  count_write(count, d1, words);
  count[op_class(op)] += static_cast<std::uint64_t>(words);
}

void SlowCore::finish_alu_int(Counts& count) {
  std::string const op = executing_[1];
  int result = operand_a_ * operand_b_;
  if (op == "add") result = operand_a_ + operand_b_;
  if (op == "sub") result = operand_a_ - operand_b_;
  registers.at(executing_[2].get<std::size_t>()) = wrap(result);
  ++count["dmem"];
  count[op_class(op)] += 4;
}

void SlowCore::finish_train(Counts& count) {
  for (std::size_t m = 1; m < executing_.size(); ++m) {
    std::string const mask = executing_[m];
    if (executing_[0] == "crs") {
      if (mask == "0") continue;
      count["xbar_rd"] += 8;
      count["xbar_wr"] += 16;
      if (k_.function) resolve(static_cast<int>(m) - 1);
      continue;
    }
    for (std::size_t port = 0; port < 3; ++port) {
      if (mask[port] == '0') continue;
      count[port == 0 ? "xbar_mvm" : port == 1 ? "xbar_mtvm" : "xbar_op"] += 128;
      count["xbInmem_rd"] += 16;
      if (port == 2) continue;
      for (char const* name : {"snh", "mux1", "mux2"}) count[name] += 16384;
      count["alu_sna"] += 18432;
      count["xbOutmem"] += 4096;
    }
    if (k_.function) fire(static_cast<int>(m) - 1, mask);
  }
}

void SlowCore::fire(int matrix, std::string const& mask) {
  auto& w = weights_[matrix];
  auto& d = accumulated_[matrix];
  w.resize(side * side);
  d.resize(side * side);
  for (int port = 0; port < 2; ++port) {
    if (mask[static_cast<std::size_t>(port)] == '0') continue;
    int const* in = &registers[static_cast<std::size_t>(matrix * 384 + port * side)];
    int* out = &registers[static_cast<std::size_t>(inputs + matrix * 384 + port * side)];
    std::fill(out, out + side, 0);
    for (int plane = 0; plane < 16; ++plane) {
      for (int c = 0; c < side; ++c) {
        double total = 0;
        for (int r = 0; r < side; ++r)
          total += (in[r] >> plane & 1) / 4096.0 * w[static_cast<std::size_t>(r * side + c)];
        out[c] = wrap(out[c] + (std::int64_t{to_word(total)} * (std::int64_t{1} << plane)));
      }
    }
  }
  if (mask[2] == '0') return;
  int const* x = &registers[static_cast<std::size_t>(matrix * 384 + 2 * side)];
  int const* y = &registers[static_cast<std::size_t>(inputs + matrix * 384 + 2 * side)];
  for (int r = 0; r < side; ++r) {
    for (int c = 0; c < side; ++c) {
      d[static_cast<std::size_t>(r * side + c)] +=
          0.25 * ((x[r] & 0xFFFF) / 4096.0) * ((y[c] & 0xFFFF) / 4096.0);
    }
  }
}

void SlowCore::resolve(int matrix) {
  auto& w = weights_[matrix];
  w.assign(side * side, 0);
  auto& d = accumulated_[matrix];
  d.resize(side * side);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = to_word(d[i]) / 4096.0;
}

}  // namespace panther::machine::test
