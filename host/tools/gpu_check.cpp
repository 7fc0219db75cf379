// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// panther-gpu-check: proves on a machine with a GPU that the CUDA backend gives the CPU's bits, and
// shows how fast it is. Needs nothing but the CUDA toolkit and a C++ compiler to build.

#include <cstdio>
#include <cstring>

#include "host/tools/gpu_check/checks.hpp"
#include "host/tools/gpu_check/throughput.hpp"

namespace {

using namespace panther;
using namespace panther::gpu_check;

constexpr char const* help =
    "panther-gpu-check: runs every kernel and short training runs on the GPU and on the CPU,\n"
    "compares them bit for bit and with stored hashes, and measures throughput.\n\n"
    "  --cpu-only      check the CPU's instruction sets against the stored hashes; needs no GPU\n"
    "  --no-timing     leave the throughput out\n"
    "  --timing-only   nothing but the throughput\n"
    "  --print-golden  print the stored hashes anew, from the CPU's plain path\n"
    "  --help          this text\n\n"
    "Exit code: 0 if nothing failed, 1 otherwise or without a GPU, 2 for a wrong option.\n";

struct Options {
  bool cpu_only = false;
  bool timing = true;
  bool checks = true;
  bool print_golden = false;
  bool help = false;
  char const* unknown = nullptr;
};

Options parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    char const* const word = arguments[i];
    if (std::strcmp(word, "--cpu-only") == 0) {
      options.cpu_only = true;
    } else if (std::strcmp(word, "--no-timing") == 0) {
      options.timing = false;
    } else if (std::strcmp(word, "--timing-only") == 0) {
      options.checks = false;
    } else if (std::strcmp(word, "--print-golden") == 0) {
      options.print_golden = true;
    } else if (std::strcmp(word, "--help") == 0 || std::strcmp(word, "-h") == 0) {
      options.help = true;
    } else {
      options.unknown = word;
    }
  }
  return options;
}

void check_all(Report& report, Backend& backend, Backend* reference) {
  check_cases(report, kernel_cases(), backend, reference);
  check_cases(report, training_cases(), backend, reference);
}

int check_cpu() {
  Report report;
  for (Isa const isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    try {
      auto const cpu = make_cpu_backend({.threads = 0, .isa = isa});
      std::printf("%s\n", cpu->description().c_str());
      check_all(report, *cpu, nullptr);
    } catch (BackendError const& error) {
      report.skip(error.what());
    }
  }
  report.print_total();
  return report.ok() ? 0 : 1;
}

int check_gpu(Options const& options) {
  auto const cuda = make_cuda_backend();
  auto const cpu = make_cpu_backend({});
  std::printf("GPU: %s\nCPU: %s\n", cuda->description().c_str(), cpu->description().c_str());
  Report report;
  if (options.checks) check_all(report, *cuda, cpu.get());
  if (options.timing) print_throughput(*cuda);
  report.print_total();
  return report.ok() ? 0 : 1;
}

int print_all_golden() {
  auto const cpu = make_cpu_backend({.threads = 0, .isa = Isa::scalar});
  print_golden(kernel_cases(), *cpu);
  print_golden(training_cases(), *cpu);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  Options const options = parse(count, arguments);
  if (options.unknown != nullptr) {
    std::fprintf(stderr, "panther-gpu-check: unknown option '%s'\n\n%s", options.unknown, help);
    return 2;
  }
  if (options.help) {
    std::fputs(help, stdout);
    return 0;
  }
  try {
    if (options.print_golden) return print_all_golden();
    return options.cpu_only ? check_cpu() : check_gpu(options);
  } catch (std::exception const& error) {
    std::fprintf(stderr, "panther-gpu-check: %s\n", error.what());
    return 1;
  }
}
