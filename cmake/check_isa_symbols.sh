#!/usr/bin/env bash
# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# check_isa_symbols.sh <nm> <namespace> <object>...
# Fails if an object defines an external symbol whose name does not carry the namespace: the linker would merge it
# with the same function compiled for another instruction set. Data cannot do that harm: nm type C, and DW.ref.* and
# __odr_* of the compiler, pass.
set -euo pipefail

nm=$1 namespace=$2
shift 2
[ $# -gt 0 ] || { echo "check_isa_symbols: no objects given for $namespace" >&2; exit 1; }

bad=0
for object in "$@"; do
  symbols=$("$nm" --defined-only --extern-only --format=posix "$object")
  while read -r name type _; do
    case $type:$name in
      : | *"$namespace"* | C:* | *:DW.ref.* | *:__odr_*) ;;
      *)
        echo "$object: '$name' (nm type $type) is not in namespace $namespace" >&2
        bad=1
        ;;
    esac
  done <<<"$symbols"
done
if [ "$bad" -ne 0 ]; then
  echo "Put the function into PANTHER_ISA_NAMESPACE, or make it static in the unit." >&2
  exit 1
fi
echo "$# objects of $namespace: no external symbol outside the namespace"
