#!/usr/bin/python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""wrapper_test.py <repository>: ./panther in a copy of its own, with stubs for everything that it calls.

No package is installed, nothing is built and no network used: the stubs note how they were called, and the environment
says what they answer. The copy's path has a space.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(sys.argv[1])
REAL = ("bash", "cat", "dirname", "env", "flock", "grep", "head", "mkdir", "nproc", "readlink", "rm", "sed", "sort", "uniq")

NOTE = 'note() { echo "$*" >>"$CALLS"; }\n'
STUBS = {
    "id": 'echo "${USER_ID:-0}"',
    "sudo": 'VIA="sudo " exec "$@"',
    "dpkg-query": 'for name; do :; done\n'
                  'format=${2#-f=}; answer() { printf "${format%%\\$*}$1${format##*\\}}"; }\n'
                  'case " $MISSING " in\n'
                  '*" cmake "*) if [ "$name" = cmake ]; then answer config-files; exit 0; fi;; esac\n'  # removed
                  'case " $MISSING " in *" $name "*) echo "no packages found" >&2; exit 1;; esac\n'
                  'case $name in hdf5-tools) answer config-files;; zlib1g-dev) answer installed;; esac\n'  # foreign ones
                  'answer installed',
    "apt-cache": 'version=1.0; word=Candidate\n'
                 'case " $UNAVAILABLE " in *" $2 "*) version="(none)";; esac\n'
                 'if [ "$LC_ALL" != C ]; then word=Installationskandidat; fi\n'
                 'printf "%s:\\n  %s: %s\\n" "$2" "$word" "$version"',
    "apt-get": 'note "${VIA}apt-get $* ($DEBIAN_FRONTEND)"\n'
               'case "$*" in ${FAILING:-none}) echo "E: apt says why"; exit 100;; esac',
    "cmake": 'note "cmake $*"\nmkdir -p "build/$2"\necho >"build/$2/build.ninja"\n'
             'if [ -n "$CMAKE_FAILS" ]; then echo "CMake Error: why" >&2; exit 1; fi',
    "ninja": 'note "ninja $3 $4 $5"\necho "[1/1] building"\nif [ -n "$NINJA_FAILS" ]; then echo "error: why"; exit 1; fi\n'
             'printf \'#!/bin/sh\\necho "program $*"\\nexit "${PROGRAM_STATUS:-0}"\\n\' >"$2/panther"\n'
             '/bin/chmod +x "$2/panther"',
    "ctest": 'note "ctest $*"\n'
             'while [ "$1" != --output-junit ]; do shift; done\ncat "$JUNIT" >"$2"\nexit "${CTEST_STATUS:-0}"',
    "nvcc": "",
}

JUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="(empty)"
	tests="{tests}"
	failures="{failures}"
	disabled="{disabled}"
	skipped="{skipped}"
	hostname=""
	>
	<testcase name="a" tests="77"><system-out>a.cpp:1: Skipped
no GPU
b.cpp:2: Skipped
no GPU
</system-out></testcase>
</testsuite>
"""


class Wrapper(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="panther-wrapper-")
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name) / "a tree"
        self.tree.mkdir()
        shutil.copy(REPOSITORY / "panther", self.tree)
        self.tools = Path(folder.name) / "bin"
        self.tools.mkdir()
        for name in REAL:
            (self.tools / name).symlink_to(shutil.which(name, path="/usr/local/bin:/usr/bin:/bin"))
        for name, text in STUBS.items():
            (self.tools / name).write_text(f"#!/bin/sh\n{NOTE}{text}\n")
            (self.tools / name).chmod(0o755)
        self.log = Path(folder.name) / "calls"
        self.log.touch()

    def run_wrapper(self, *arguments, script=None, **environment):
        """The ended process; .calls are the stubs' calls in order."""
        self.log.write_text("")
        environment = {"PATH": str(self.tools), "CALLS": str(self.log), "LANG": "de_DE.UTF-8", "PANTHER_CUDA": "off",
                       "PANTHER_JOBS": "3", **environment}
        done = subprocess.run([str(script or self.tree / "panther"), *arguments], env=environment, cwd="/",
                              capture_output=True, text=True, check=False)
        done.calls = self.log.read_text().splitlines()
        return done

    def succeeds(self, *arguments, **environment):
        done = self.run_wrapper(*arguments, **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def fails(self, message, *arguments, **environment):
        done = self.run_wrapper(*arguments, **environment)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(done.stdout, "", "errors belong on standard error")
        self.assertIn(f"panther: {message}", done.stderr)
        return done


UPDATE = "apt-get update -qq (noninteractive)"
INSTALL = "apt-get install -y -qq --no-install-recommends {} (noninteractive)"
BUILT = ["cmake --preset cpu-release", "ninja -j 3 panther"]
DATA = "dataset-fashion-mnist"


class Packages(Wrapper):
    def test_nothing_missing(self):
        done = self.succeeds("demo", "--threads", "1")
        self.assertEqual(done.calls, BUILT)
        self.assertEqual(done.stdout, "program demo --threads 1\n")

    def test_missing_ones_are_named_then_installed(self):
        done = self.succeeds("demo", MISSING=f"libfmt-dev {DATA} ninja-build")
        self.assertEqual(done.calls, [UPDATE, INSTALL.format("ninja-build libfmt-dev"), INSTALL.format(DATA), *BUILT])
        for name, reason in (("ninja-build", "build"), ("libfmt-dev", "messages"),
                             (DATA, "real images for the demo (optional)")):
            self.assertIn(f"\n  {name:<22} {reason}\n", done.stderr)
        self.assertNotIn("no packages found", done.stderr)
        self.assertEqual(done.stdout, "program demo\n")

    def test_through_sudo_unless_root(self):
        done = self.succeeds("demo", MISSING="cmake", USER_ID="1000")
        self.assertEqual(done.calls, ["sudo " + UPDATE, "sudo " + INSTALL.format("cmake"), *BUILT])

    def test_neither_root_nor_sudo(self):
        (self.tools / "sudo").unlink()
        done = self.fails("apt-get update needs root: run as root, or install sudo", "demo", MISSING="cmake g++",
                          USER_ID="1000")
        self.assertIn("panther: not installed: g++ cmake\n", done.stderr)
        self.assertEqual(done.calls, [])
        self.assertEqual(self.succeeds("demo", USER_ID="1000").calls, BUILT)

    def test_without_a_network(self):
        for failing, calls in (("update*", [UPDATE]), ("install*", [UPDATE, INSTALL.format("cmake")])):
            done = self.fails("not installed: cmake", "demo", MISSING="cmake", FAILING=failing)
            self.assertEqual(done.calls, calls)
            self.assertIn("E: apt says why\n", done.stderr)
            self.assertIn("is there a network?", done.stderr)

    def test_optional_ones_may_fail(self):
        def goes_on_without(**environment):
            done = self.succeeds("demo", MISSING=DATA, **environment)
            self.assertIn(f"panther: going on without {DATA}", done.stderr)
            self.assertEqual(done.stdout, "program demo\n")

        goes_on_without(FAILING="update*")
        goes_on_without(FAILING=f"install*{DATA}")
        (self.tools / "sudo").unlink()
        goes_on_without(USER_ID="1000")

    def test_of_a_distribution_that_lacks_some(self):
        done = self.succeeds("demo", MISSING=f"cmake {DATA}", UNAVAILABLE=DATA)
        self.assertIn(f"panther: {DATA} is not in this distribution", done.stderr)
        self.assertEqual(done.calls, [UPDATE, INSTALL.format("cmake"), *BUILT])
        self.assertEqual(self.succeeds("demo", MISSING=DATA).calls, BUILT[1:], "asked for again")
        done = self.fails("libcli11-dev is not in this distribution", "demo", MISSING="libcli11-dev cmake",
                          UNAVAILABLE="libcli11-dev")
        self.assertEqual(done.calls, [UPDATE])

    def test_of_another_distribution(self):
        (self.tools / "dpkg-query").unlink()
        done = self.succeeds("demo")
        self.assertRegex(done.stderr, "no dpkg here: .* g\\+\\+ cmake ninja-build .*\n")
        self.assertEqual(done.calls, BUILT)

    def test_a_built_program_needs_no_look_at_packages(self):
        self.succeeds("--version")
        for command, calls in (("train", []), ("test", [UPDATE, INSTALL.format("cmake")]),
                               ("demo", [UPDATE, INSTALL.format("cmake")])):
            done = self.run_wrapper(command, MISSING="cmake", JUNIT="/dev/null")
            self.assertEqual([call for call in done.calls if call.startswith("apt")], calls, command)


class Building(Wrapper):
    def test_configures_once(self):
        self.assertEqual(self.succeeds("--help").calls, BUILT)
        done = self.succeeds("--help")
        self.assertEqual(done.calls, BUILT[1:])
        self.assertEqual((done.stdout, done.stderr), ("program --help\n", ""), "an up-to-date build says nothing")

    def test_arguments_and_status_are_the_programs(self):
        self.assertEqual(self.succeeds().stdout, "program \n")
        done = self.run_wrapper("train", "my run.toml", "--set", "a=[1, 2]", PROGRAM_STATUS="2")
        self.assertEqual((done.returncode, done.stdout), (2, "program train my run.toml --set a=[1, 2]\n"))

    def test_through_a_link(self):
        link = self.tools / "linked"
        link.symlink_to(self.tree / "panther")
        self.assertEqual(self.succeeds("data", script=link).stdout, "program data\n")

    def test_cuda(self):
        def preset(choice):
            shutil.rmtree(self.tree / "build", ignore_errors=True)
            return self.succeeds("data", PANTHER_CUDA=choice).calls[0].removeprefix("cmake --preset ")

        self.assertEqual([preset(choice) for choice in ("on", "ON", "off", "auto")],
                         ["cuda-release", "cuda-release", "cpu-release", "cuda-release"])
        (self.tools / "nvcc").unlink()
        self.assertEqual(preset("auto"), "cuda-release" if os.path.exists("/usr/local/cuda/bin/nvcc") else "cpu-release")
        self.assertEqual(self.fails("PANTHER_CUDA is 'maybe' (allowed: on, off, auto)", PANTHER_CUDA="maybe").calls, [])

    def test_preset(self):
        self.assertEqual(self.succeeds("data", PANTHER_PRESET="tsan", PANTHER_CUDA="maybe").calls[0],
                         "cmake --preset tsan")

    def test_configuring_fails(self):
        for _ in range(2):
            done = self.fails("configuring failed", "data", CMAKE_FAILS="yes")
            self.assertIn("CMake Error: why\n", done.stderr)
            self.assertEqual(done.calls, BUILT[:1])
        self.assertEqual(self.succeeds("data").calls, BUILT)

    def test_the_build_fails(self):
        for _ in range(2):  # the first build, then one of a program that is there
            self.assertIn("error: why\n", self.fails("the build failed", "data", NINJA_FAILS="yes").stderr)
            self.succeeds("data")


class Commands(Wrapper):
    def junit(self, tests, failures, skipped, disabled=0):
        path = self.tools / "junit.xml"
        path.write_text(JUNIT.format(tests=tests, failures=failures, skipped=skipped, disabled=disabled))
        return str(path)

    def test_tests(self):
        done = self.succeeds("test", "-R", "philox", JUNIT=self.junit(9, 0, 0))
        self.assertEqual(done.calls[1], "ninja -j 3 all")
        self.assertRegex(done.calls[2], "^ctest --test-dir .*/a tree/build/cpu-release .* -j 3 .* -R philox$")
        self.assertEqual(done.stdout, "9 passed, 0 failed, 0 skipped\n")
        done = self.succeeds("test", PANTHER_TARGET="some_tests", JUNIT=self.junit(9, 0, 0))
        self.assertEqual(done.calls[0], "ninja -j 3 some_tests")

    def test_skipped_tests_are_explained(self):
        done = self.succeeds("test", JUNIT=self.junit(9, 0, 2, disabled=1))
        self.assertEqual(done.stdout.splitlines()[0], "3 tests were skipped, not passed. Why, and how often:")
        self.assertRegex(done.stdout, "\n +2 no GPU\n")
        self.assertEqual(done.stdout.splitlines()[-1], "6 passed, 0 failed, 3 skipped")

    def test_failing_tests(self):
        done = self.run_wrapper("test", JUNIT=self.junit(9, 2, 1), CTEST_STATUS="8")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (8, "6 passed, 2 failed, 1 skipped"))
        # One that could not be started counts as skipped in the report.
        done = self.run_wrapper("test", JUNIT=self.junit(9, 0, 2), CTEST_STATUS="8")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (8, "7 passed, 1 failed, 1 skipped"))
        done = self.run_wrapper("test", JUNIT="/dev/null", CTEST_STATUS="8")
        self.assertEqual((done.returncode, done.stdout), (1, "0 passed, 1 failed, 0 skipped\n"))

    def test_studies(self):
        studies = self.tree / "host" / "studies"
        studies.mkdir(parents=True)
        (studies / "run_study.py").write_text("import os, sys\nprint(os.environ['PANTHER_PROGRAM'], sys.argv[1:])\n")
        done = self.succeeds("study", "nonideality", "--jobs", "2", MISSING="cmake")
        self.assertEqual(done.calls, [UPDATE, INSTALL.format("cmake"), *BUILT])
        self.assertEqual(done.stdout, f"{self.tree}/build/cpu-release/panther ['nonideality', '--jobs', '2']\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
