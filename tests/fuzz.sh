#!/usr/bin/env bash
# Runs each fuzzer of a build folder for a number of seconds. Its corpus stays under the build folder and grows from
# run to run; a finding is left beside it and fails the run.
#   tests/fuzz.sh build/fuzz 60
set -euo pipefail
build=$1 seconds_each=$2
found=()
shopt -s nullglob
fuzzers=("$build"/bin/*_fuzz)
[ ${#fuzzers[@]} -gt 0 ] || { echo "expected fuzzers in $build/bin, found none" >&2; exit 1; }
for fuzzer in "${fuzzers[@]}"; do
  name=$(basename "$fuzzer")
  corpus=$build/corpus/$name
  mkdir -p "$corpus" "$build/findings"
  echo "$name: $seconds_each s"
  "$fuzzer" "$corpus" -max_total_time="$seconds_each" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix="$build/findings/$name-" 2> "$build/findings/$name.log" || found+=("$name")
  sed -n 's/^stat::number_of_executed_units: */  inputs tried: /p' "$build/findings/$name.log"
done
for name in "${found[@]}"; do
  echo "--- $name found a fault:"
  tail -n 40 "$build/findings/$name.log"
done
echo "${#fuzzers[@]} fuzzers, ${#found[@]} with findings"
[ ${#found[@]} -eq 0 ]
