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
# The peer of the ledger: a private PostgreSQL on the same disk, which lives only as long as the run.
if [ -z "${PUHUI_TEST_POSTGRES:-}" ]; then
  cluster=$(realpath "$1")/bench_postgres
  trap 'tests/postgres.sh stop "$cluster" > /dev/null || true' EXIT
  PUHUI_TEST_POSTGRES=$(tests/postgres.sh start "$cluster" | tail -n 1)
  export PUHUI_TEST_POSTGRES
fi
failed=()
for bench in "${benches[@]}"; do
  echo "== $(basename "$bench")"
  "$bench" || failed+=("$(basename "$bench")")
done
echo "== the day of 930,000 loans"
bench/day.sh "$1" || failed+=(day)
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}" >&2; exit 1; }
