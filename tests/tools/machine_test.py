# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""panther sim, asm and disasm against the published figures in tests/golden/isa."""
import json
import pathlib
import shutil
import subprocess

import support

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "isa"
PROGRAMS = str(GOLDEN / "programs.json")
RESULTS = json.loads((GOLDEN / "results.json").read_text())
# About the published run, not about the machine.
ELSEWHERE = {"revision", "config", "benchmark", "authors_simulator_cycles_per_s", "ratio_time_vs_panther",
             "ratio_energy_vs_panther"}
# Printed with 12 digits.
RELATIVE_ERROR = {"packet_injection_rate": 1e-11}


def differences(expected, found, path=""):
    """Where `found` departs from `expected`: numbers by more than 1e-12, anything else at all."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            if path or key not in ELSEWHERE:
                yield from differences(value, (found or {}).get(key), f"{path}/{key}")
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            yield f"{path}: {found} is no list of {len(expected)}"
        else:
            for i, (one, other) in enumerate(zip(expected, found)):
                yield from differences(one, other, f"{path}[{i}]")
    elif isinstance(expected, float):
        allowed = RELATIVE_ERROR.get(path.strip("/"), 1e-12) * abs(expected)
        if found is None or abs(found - expected) > allowed:
            yield f"{path}: {found} instead of {expected}"
    elif found != expected:
        yield f"{path}: {found} instead of {expected}"


class Published(support.ProgramTest):
    def test_every_program_under_every_constant_set(self):
        runs = 0
        for program, sets in RESULTS.items():
            for name, expected in sets.items():
                for function in ("off", "reference", "on"):
                    with self.subTest(program=program, set=name, function=function):
                        found = self.json_of("sim", PROGRAMS, "--program", program, "--machine",
                                             "reference-" + name.lower(), "--function", function, "--stats", "json")
                        self.assertEqual(list(differences(expected, found)), [])
                        runs += 1
        self.assertGreaterEqual(runs, 60)

    def test_every_form_of_a_program(self):
        whole = self.json_of("sim", PROGRAMS, "--program", "fuzzA", "-m", "reference-panther", "--stats", "json")
        self.assertEqual(whole["cycles"], RESULTS["fuzzA"]["panther"]["cycles"])
        self.succeeds("asm", PROGRAMS, "--program", "fuzzA", "-o", "p.img")
        self.succeeds("asm", PROGRAMS, "--program", "fuzzA", "--form", "compiler", "-o", "folder")
        self.write("p.json", self.succeeds("asm", "p.img", "--form", "json").out)
        self.write("p.s", self.succeeds("disasm", "p.img").out)
        for form in ("p.img", "folder", "p.json", "p.s"):
            self.assertEqual(self.json_of("sim", form, "-m", "reference-panther", "--stats", "json"), whole, form)
        self.succeeds("asm", "p.s", "-o", "again.img")
        self.assertEqual((self.folder / "again.img").read_bytes(), (self.folder / "p.img").read_bytes())


class Reports(support.ProgramTest):
    RUN = ("sim", PROGRAMS, "--program", "mlpTrA", "-m", "reference-panther")

    def test_presets(self):
        lines = self.succeeds("sim", "--list-presets").out.splitlines()
        names = {line.split()[0] for line in lines}
        self.assertEqual(names, {"panther", "reference-panther", "reference-digital", "reference-cmosop",
                                 "reference-pipelayer", "reference-r2"})
        for name in names:
            self.assertIn("node of", self.succeeds("sim", "--area", "-m", name).out)
            self.write("machine.toml", self.succeeds("sim", "--print-machine", "-m", name).out)
            self.assertEqual(self.succeeds("sim", "--area", "-m", "machine.toml").out,
                             self.succeeds("sim", "--area", "-m", name).out)

    def test_traces(self):
        self.succeeds(*self.RUN, "--trace", "trace.txt", "--timeline", "trace.json")
        instructions = RESULTS["mlpTrA"]["panther"]["instruction_counts"]
        idle = sum(1 for number in instructions.values() if number == 1)
        lines = (self.folder / "trace.txt").read_text().splitlines()
        self.assertEqual(len(lines) - 1, sum(instructions.values()) - idle)
        cycles = RESULTS["mlpTrA"]["panther"]["cycles"]
        busy = {}
        for event in json.loads((self.folder / "trace.json").read_text())["traceEvents"]:
            if event["ph"] == "X":
                self.assertGreater(event["dur"], 0)
                self.assertLessEqual(event["ts"] + event["dur"], cycles + 1)
                busy.setdefault((event["pid"], event["tid"]), []).append((event["ts"], event["ts"] + event["dur"]))
        for spans in busy.values():
            spans.sort()
            for (_, end), (start, _) in zip(spans, spans[1:]):
                self.assertLessEqual(end, start, "instructions of one unit do not overlap")

    def test_hdf5(self):
        self.fails(2, *self.RUN, "--stats", "hdf5", words=["--stats hdf5", "-o"])
        self.succeeds(*self.RUN, "--stats", "hdf5", "-o", "run.h5")
        if shutil.which("h5dump") is None:
            self.skipTest("h5dump is not installed")
        for name, value in (("cycles", 8129), ("noc_busy_cycles", 3170)):
            done = subprocess.run(["h5dump", "-d", "/run/" + name, "-y", "run.h5"], cwd=self.folder,
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f" {value}\n", done.stdout)

    def test_text(self):
        text = self.succeeds(*self.RUN).out
        for word in ("8129 cycles", "energy by component", "xbar_mvm", "core:ld", "tile 3 core 7", "leakage"):
            self.assertIn(word, text)


class Stops(support.ProgramTest):
    PROGRAM = (".tiles 3\n.tile 2\nreceive 0, 1, 16, 1, 1\nhalt\n"
               ".core 0\nset data[0], 40, 1\nld data[1], data[0], 16, 1\nhlt\n")

    def test_deadlock(self):
        self.write("p.s", self.PROGRAM)
        process = self.panther("sim", "p.s", "--stats", "json")
        self.assertEqual(process.returncode, 1)
        waiting = ["tile 2 control, instruction 0 unit 0: receive waits for a packet in mailbox 1",
                   "tile 2 core 0, instruction 1: ld waits until tile words 40..55 are valid (counter 0)"]
        report = json.loads(process.out)
        self.assertEqual((report["outcome"], report["halted"], report["waiting"]), ("deadlock", False, waiting))
        for line in waiting:
            self.assertIn(line, process.err)

    def test_cycle_limit(self):
        self.write("p.s", ".tiles 3\n.tile 2\nhalt\n.core 0\na: jmp a\n")
        process = self.panther("sim", "p.s", "--max-cycles", "1000", "--stats", "json")
        self.assertEqual(process.returncode, 1)
        self.assertEqual((json.loads(process.out)["outcome"], json.loads(process.out)["cycles"]), ("cycle_limit", 1000))
        self.assertIn("cycle_limit in cycle 1000", process.err)

    def test_breakpoint(self):
        self.write("p.s", self.PROGRAM)
        report = self.json_of("sim", "p.s", "--break", "2:0:1", "--stats", "json")
        self.assertEqual((report["outcome"], report["breakpoint"]), ("breakpoint", "2:0:1"))
        self.assertIn("before 2:0:1", self.succeeds("sim", "p.s", "--break", "2:0:1").out)
        self.fails(1, "sim", "p.s", "--break", "2:0:9", words=["2:0:9", "0..2"])
        self.fails(1, "sim", "p.s", "--break", "2:1:0", words=["2:1:0", "allowed", "0"])
        self.fails(2, "sim", "p.s", "--break", "2:1", words=["2:1", "TILE:CORE:INSTRUCTION"])


class Errors(support.ProgramTest):
    def test_of_programs(self):
        for line, words in (("set data[0], 99999, 1", ["p.s:5:14", "99999", "imm", "-32768..65535"]),
                            ("alu addd, 1, 2, 3, 4", ["p.s:5:5", "addd", "add, sub", "did you mean 'add'"]),
                            ("jmp nowhere", ["p.s:5:5", "nowhere", "allowed"]),
                            ("foo 1", ["p.s:5:1", "foo", "train, crs"])):
            self.write("p.s", ".tiles 3\n.tile 2\nhalt\n.core 0\n" + line + "\n")
            for command in ("asm", "sim"):
                self.fails(1, command, "p.s", words=words)
        self.fails(1, "sim", PROGRAMS, "--program", "mlp", words=["mlp", "mlpTrA"])
        self.fails(1, "sim", PROGRAMS, words=["name one", "mlpTrA"])
        self.fails(1, "sim", "gone.s", words=["gone.s", "No such file"])
        (self.folder / "empty").mkdir()
        self.fails(1, "sim", "empty", words=["empty", "tile2"])

    def test_of_machines(self):
        self.fails(1, "sim", PROGRAMS, "--program", "microSync", "-m", "panthr", words=["panthr", "reference-panther"])
        self.fails(1, "sim", PROGRAMS, "--program", "microSync", "--set", "rules.whole_cycle=true",
                   words=["rules.whole_cycle", "did you mean 'whole_cycles'"])
        self.fails(1, "sim", PROGRAMS, "--program", "microMvm", "--set", "emulation.adc_bits=6",
                   words=["emulation.adc_bits = 6", "bit_serial"])
        self.fails(2, "sim", PROGRAMS, "--function", "maybe", words=["maybe", "off", "reference", "on"])


if __name__ == "__main__":
    support.main()
