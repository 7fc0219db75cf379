#!/usr/bin/python3
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
"""checks_detect_test.py <cmake folder> <c++> <nm>: the checks of cmake/ refuse small trees with known faults."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKS, CXX, NM = Path(sys.argv[1]), sys.argv[2], sys.argv[3]


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def run_check(self, *command):
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


class IncludeDirections(Tree):
    def assert_refused(self, path, include, reason):
        self.write(path, f"#include {include}\n")
        result = self.run_check(sys.executable, CHECKS / "check_includes.py", self.root)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(reason, result.stderr)
        self.assertIn(f"{path}:1: ", result.stderr)

    def test_upward(self):
        self.assert_refused("devicemodels/cell.hpp", '"kernels/base/backend.hpp"', "devicemodels is below kernels")

    def test_within_host(self):
        self.assert_refused("host/arch/tile.hpp", '"host/sim/loop.hpp"', "host/arch is below host/sim")

    def test_leaf(self):
        self.assert_refused("datasets/mnist.cpp", '"host/base/errors.hpp"', "datasets/ is a leaf")

    def test_tests_are_included_by_nothing(self):
        self.assert_refused("host/nn/net.cpp", '"tests/support/build.hpp"', "nothing includes tests/")

    def test_unrooted(self):
        self.assert_refused("kernels/xbar/a.cpp", '"b.hpp"', "rooted at the repository")

    def test_package_in_a_package_free_layer(self):
        self.assert_refused("host/nn/net.cpp", "<fmt/format.h>", "<fmt/...> is for host/base")

    def test_package_through_our_header(self):
        self.write("host/nn/net.cpp", '#include "host/base/config.hpp"\n')
        self.write("host/base/config.hpp", "#include <fmt/format.h>\n")
        result = self.run_check(sys.executable, CHECKS / "check_includes.py", self.root)
        self.assertIn("reaches <fmt/format.h> through host/base/config.hpp", result.stderr)

    def test_downward_passes(self):
        self.write("host/nn/net.cpp", '#include <vector>\n#include "kernels/base/backend.hpp"\n')
        result = self.run_check(sys.executable, CHECKS / "check_includes.py", self.root)
        self.assertEqual(result.returncode, 0, result.stderr)


class Sizes(Tree):
    def check(self, body_lines):
        self.write("CMakeLists.txt", "\n")
        body = "  x += 1;\n" * body_lines
        self.write("host/a.cpp", f"namespace a {{\nint f(int x) {{\n{body}return x;\n}}\n}}\n")
        return self.run_check(sys.executable, CHECKS / "check_sizes.py", self.root)

    def test_function_at_the_limit(self):
        self.assertEqual(self.check(77).returncode, 0)

    def test_function_over_the_limit(self):
        result = self.check(78)
        self.assertEqual(result.returncode, 1)
        self.assertIn("host/a.cpp:2: function of 81 lines (limit 80)", result.stderr)


class IsaSymbols(Tree):
    def check(self, text):
        source, unit = self.write("unit.cpp", text), self.root / "unit.o"
        subprocess.run([CXX, "-std=c++20", "-O0", "-c", source, "-o", unit], check=True)
        return self.run_check(CHECKS / "check_isa_symbols.sh", NM, "isa_avx2", unit)

    def test_shared_inline_function(self):
        result = self.check("inline int twice(int x) { return 2 * x; }\nnamespace isa_avx2 { int f(int x) { return twice(x); } }")
        self.assertEqual(result.returncode, 1)
        self.assertIn("'_Z5twicei' (nm type W) is not in namespace isa_avx2", result.stderr)

    def test_own_namespace_passes(self):
        self.assertEqual(self.check("namespace isa_avx2 { int f(int x) { return x; } }").returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
