#!/usr/bin/env bash
# Runs every bench of a build folder, one after another so that none disturbs its neighbour; each prints its ratio
# to the peer it ran beside it. A bench that cannot run (no peer on this machine) fails the run.
#   bench/run.sh build/release
set -euo pipefail
shopt -s nullglob
benches=("$1"/bin/*_bench)
[ ${#benches[@]} -gt 0 ] || { echo "expected benches in $1/bin, found none" >&2; exit 1; }
if [ -z "${PUHUI_DATA:-}" ] && [ -d ../shared/data ]; then
  PUHUI_DATA=$(realpath ../shared/data)
  export PUHUI_DATA
fi
failed=()
for bench in "${benches[@]}"; do
  echo "== $(basename "$bench")"
  "$bench" || failed+=("$(basename "$bench")")
done
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}" >&2; exit 1; }
