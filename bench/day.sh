#!/usr/bin/env bash
# The bank day of 930,000 loans through the command line: simulated people are decided and lent to until that many
# loans stand, then the program is started anew and its day is ended. Bars: the day in 5 minutes; a start in 5 s; 1.5 GB
# resident; the day-end of 1M loans in 60 s, twice as many in 2.2 times that.
#   bench/day.sh build/release [LOANS]
set -euo pipefail
puhui=$(realpath "$1/bin/puhui")
loans=${2:-930000}
folder=$(mktemp -d "${TMPDIR:-/tmp}/puhui_day.XXXXXX")
trap 'rm -rf "$folder"' EXIT
now() { date +%s.%N; }
since() { echo "$(now) $1" | awk '{printf "%.1f", $1 - $2}'; }
field() { grep -o "\"$1\":[0-9.]*" | head -n 1 | cut -d: -f2; }

# About two thirds of the people are lent to; the models are trained on a twentieth of the rows.
rows=$((loans * 157 / 100))
"$puhui" lending simulate --rows "$rows" --out "$folder/people.csv" --quiet > /dev/null
start=$(now)
"$puhui" lending replay --applications "$folder/people.csv" --mapping policies/person_revolving/mapping.json \
  --train-share 0.05 --store "$folder/store" --json --quiet > "$folder/day.json"
day=$(since "$start")
lent=$(field approved < "$folder/day.json")
echo "the day: $lent loans of $(field applications < "$folder/day.json") applications   $day s   bar 300 (training included; $(field decisions_per_second < "$folder/day.json" | cut -d. -f1) applications/s)"
echo "evidence on disk: $(sqlite3 "$folder/store/puhui.db" "SELECT (SELECT SUM(pgsize) FROM dbstat WHERE name='evidence_record') / (SELECT COUNT(*) FROM evidence_record)") bytes a decision   bar 1000; the whole store $(du -m "$folder/store" | cut -f1) MB"

start=$(now)
"$puhui" serve --listen 127.0.0.1:0 --store "$folder/store" 2> "$folder/serve.log" > /dev/null &
server=$!
until grep -q "is open at" "$folder/serve.log"; do
  kill -0 "$server" || { cat "$folder/serve.log" >&2; exit 1; }
  sleep 0.05
done
echo "start of serve with $lent loans   $(since "$start") s   bar 5"
# Governance catches up with the day as soon as the bank serves.
all=$(sqlite3 "$folder/store/puhui.db" "SELECT MAX(sequence) FROM evidence_record")
until [ "$(sqlite3 -cmd '.timeout 5000' "$folder/store/puhui.db" "SELECT COUNT(*) > 0 AND MIN(sequence) >= $all FROM kernel_follower")" = 1 ]; do sleep 0.5; done
echo "governance has followed $all records   $(since "$start") s from the start of serve"
echo "resident memory   $(awk '/VmRSS/ {printf "%.0f", $2 / 1024}' "/proc/$server/status") MB   bar 1500"
kill -TERM "$server" && wait "$server" || true

start=$(now)
"$puhui" lending day-end --date 2026-01-01 --store "$folder/store" --json --quiet > "$folder/end1.json"
echo "day-end of $lent loans   $(since "$start") s   bar 60 for 1M (start included)"

bench/governance.sh "$1" "$folder/store"
