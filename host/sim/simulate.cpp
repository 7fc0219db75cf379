// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/simulate.hpp"

#include "host/arch/machine_file.hpp"
#include "host/base/result_record.hpp"
#include "host/sim/crossbar_engine.hpp"
#include "host/sim/reference_engine.hpp"
#include "host/sim/statistics.hpp"

namespace panther::machine {

MatrixEngineFactory engine_factory(Machine const& machine) {
  switch (machine.arithmetic) {
    case Arithmetic::off:
      return {};
    case Arithmetic::reference:
      return make_reference_engine;
    case Arithmetic::crossbar:
      return make_crossbar_engines();
  }
  return {};
}

void write_statistics_hdf5(std::string const& path, Machine const& machine,
                           RunResult const& result) {
  hdf5::File file = hdf5::File::create(path);
  write_record(file, "/run", make_statistics(machine, result));
  hdf5::write_text(file, "/machine", print_machine(machine, ConfigStyle::plain));
  file.close();
}

}  // namespace panther::machine
