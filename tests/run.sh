#!/usr/bin/env bash
# Runs every test of a build folder, on SQLite and on a private PostgreSQL that lives only as long as the run.
# Its last line is "N passed, N failed"; it fails when a test does.
#   tests/run.sh build/dev [ctest options]
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(realpath "$1")
shift

reports=$build/reports
rm -rf "$reports"
mkdir -p "$reports"
if [ -x tests/postgres.sh ]; then
  cluster=$build/postgres
  trap 'tests/postgres.sh stop "$cluster" > /dev/null || true' EXIT
  PUHUI_TEST_POSTGRES=$(tests/postgres.sh start "$cluster" | tail -n 1)
  export PUHUI_TEST_POSTGRES
fi
if [ -z "${PUHUI_DATA:-}" ] && [ -d ../shared/data ]; then
  PUHUI_DATA=$(realpath ../shared/data)
  export PUHUI_DATA
fi

status=0
GTEST_OUTPUT="xml:$reports/" GTEST_BRIEF=1 \
  ctest --test-dir "$build" --output-on-failure --output-junit "$reports/all.junit" "$@" || status=$?

# One GoogleTest program is one test to ctest and many to a person: count the many, and as one failure a program
# that died before it could report.
passed=0 failed=0 skipped=0
while read -r name result; do
  report=$reports/${name//\//_}_test.xml
  failed_here=0
  if [ -f "$report" ]; then
    read -r tests failures skips < <(awk '
      /<testsuites / { match($0, /tests="[0-9]+"/); tests = substr($0, RSTART + 7, RLENGTH - 8)
                       match($0, /failures="[0-9]+"/); failures = substr($0, RSTART + 10, RLENGTH - 11) }
      /result="skipped"/ { skips++ }
      END { print tests + 0, failures + 0, skips + 0 }' "$report")
    passed=$((passed + tests - failures - skips)) failed_here=$failures skipped=$((skipped + skips))
  elif [ "$result" = run ]; then
    passed=$((passed + 1))
  fi
  [ "$result" = run ] || [ "$failed_here" -gt 0 ] || failed_here=1
  failed=$((failed + failed_here))
done < <(sed -n 's/.*<testcase name="\([^"]*\)".* status="\([a-z]*\)".*/\1 \2/p' "$reports/all.junit")

[ "$skipped" -eq 0 ] || echo "$skipped skipped: what they need is not on this machine (they say what)"
[ "$passed" -gt 0 ] || { echo "expected tests in $build, found none" >&2; status=1; }
echo "$passed passed, $failed failed"
exit "$status"
