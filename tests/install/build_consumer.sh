#!/usr/bin/env bash
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# build_consumer.sh <cmake> <build folder> <consumer source> <scratch> <generator> <c++>
set -euo pipefail
cmake=$1 build=$2 source=$3 scratch=$4 generator=$5 cxx=$6

rm -rf "$scratch/prefix" "$scratch/consumer"
"$cmake" --install "$build" --prefix "$scratch/prefix" >"$scratch/install.log" 2>&1 ||
  { cat "$scratch/install.log"; exit 1; }
"$cmake" -G "$generator" -S "$source" -B "$scratch/consumer" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$scratch/prefix" -DCMAKE_BUILD_TYPE=Release
"$cmake" --build "$scratch/consumer"
"$scratch/consumer/consumer"
