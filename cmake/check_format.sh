#!/usr/bin/env bash
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# check_format.sh [--fix]: compares (or rewrites) every C++ and CUDA file with clang-format 14, the version the
# repository is formatted with; another version formats differently, so without 14 the answer is 77 (skipped).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tool=
for candidate in clang-format-14 clang-format; do
  if command -v "$candidate" >/dev/null && [[ $("$candidate" --version) == *"version 14."* ]]; then
    tool=$candidate
    break
  fi
done
[ -n "$tool" ] || { echo "clang-format 14 not found (Debian 12: clang-format)"; exit 77; }

mapfile -t files < <(find devicemodels kernels host datasets bench tests \
  -name '*.hpp' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' | sort)
if [ "${1-}" = --fix ]; then
  "$tool" -i "${files[@]}"
else
  "$tool" --dry-run --Werror "${files[@]}"
fi
echo "clang-format: ${#files[@]} files"
