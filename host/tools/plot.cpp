// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/plot.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "host/base/errors.hpp"

extern char** environ;

namespace panther {

namespace {

// Debian's python3 has the Debian packages; another python3 earlier on the path may not.
constexpr char const* python = "/usr/bin/python3";

int run_python(std::string const& script, std::string const& result, std::string const& picture) {
  std::string program = python;
  std::string flag = "-c";
  std::string code = script;
  std::string first = result;
  std::string second = picture;
  char* const arguments[] = {program.data(), flag.data(),   code.data(),
                             first.data(),   second.data(), nullptr};
  pid_t child = 0;
  if (int const error = posix_spawn(&child, python, nullptr, nullptr, arguments, environ);
      error != 0) {
    throw UserError(fmt::format("cannot draw: {}: {} (Debian: apt-get install python3)", python,
                                std::strerror(error)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void draw(std::string_view script, std::filesystem::path const& result,
          std::filesystem::path const& picture) {
  if (!std::filesystem::exists(result))
    throw UserError(fmt::format("{}: no such file", result.string()));
  if (run_python(std::string(script), result.string(), picture.string()) != 0) {
    throw UserError(
        fmt::format("drawing {} failed: see above; {} needs h5py and matplotlib (Debian: apt-get "
                    "install python3-h5py python3-matplotlib)",
                    picture.string(), python));
  }
}

}  // namespace

void plot_result(std::filesystem::path const& result, std::filesystem::path const& picture) {
  draw(plot_script(), result, picture);
}

void plot_device(std::filesystem::path const& result, std::filesystem::path const& picture) {
  draw(plot_device_script(), result, picture);
}

void plot_fit(std::filesystem::path const& result, std::filesystem::path const& picture) {
  draw(plot_fit_script(), result, picture);
}

}  // namespace panther
