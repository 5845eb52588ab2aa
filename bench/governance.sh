#!/usr/bin/env bash
# Governance over a store that has lived a day: following its evidence, the heat map held against the process's own CPU,
# 100,000 decisions taken again four ways, and how long a page's questions take with that many decisions.
#   bench/governance.sh build/release STORE
set -euo pipefail
puhui=$(realpath "$1/bin/puhui")
store=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/puhui_governance.XXXXXX")
server=
trap 'if [ -n "$server" ]; then kill "$server" 2> /dev/null; fi; rm -rf "$folder"' EXIT
now() { date +%s.%N; }
since() { echo "$(now) $1" | awk '{printf "%.1f", $1 - $2}'; }
field() { grep -o "\"$1\":\"\?[0-9a-f.-]*" | head -n 1 | sed 's/.*://; s/"//'; }

# The day itself was metered by the program that lived it; its rows lie in the store.
"$puhui" heatmap show --measure cpu --from 2020-01-01T00:00:00Z --store "$store" --json --quiet > "$folder/heat.json"
awk -v cells="$(field cells_cpu_ns < "$folder/heat.json")" -v activities="$(field activities_cpu_ns < "$folder/heat.json")" \
    -v rest="$(field unattributed_cpu_ns < "$folder/heat.json")" -v process="$(field process_cpu_ns < "$folder/heat.json")" 'BEGIN {
  printf "heat map of the day: blocks %.1f s + activities %.1f s + unattributed %.2f s of %.1f s CPU   unattributed %.2f %%   bar 2 %%\n",
    cells / 1e9, activities / 1e9, rest / 1e9, process / 1e9, 100 * rest / process }'

digest=
for threads in 1 2; do
  for batch in 1 256; do
    start=$(now)
    "$puhui" audit replay --sample 100000 --seed 7 --threads "$threads" --batch "$batch" --store "$store" --json --quiet > "$folder/replay.json"
    took=$(since "$start")
    came=$(field digest < "$folder/replay.json")
    verdict="the same bytes"
    [ "${digest:-$came}" = "$came" ] || verdict="OTHER BYTES"
    digest=$came
    echo "taken again on $threads thread(s), batch $batch: $(field identical < "$folder/replay.json") of $(field replayed < "$folder/replay.json") identical, digest ${came:0:12}   $took s   $verdict"
  done
done

"$puhui" serve --listen 127.0.0.1:0 --store "$store" 2> "$folder/serve.log" > /dev/null &
server=$!
until grep -q "is open at" "$folder/serve.log"; do
  kill -0 "$server" || { cat "$folder/serve.log" >&2; exit 1; }
  sleep 0.05
done
url=$(grep -o 'http://[0-9.:]*' "$folder/serve.log" | head -n 1)
all=$(sqlite3 "$store/puhui.db" "SELECT MAX(sequence) FROM evidence_record")
ask() { curl -s -o "$folder/answer.json" -w '%{time_total}' "$url/v1/$1" | awk '{printf "%.0f", $1 * 1000}'; }
id=$(curl -s "$url/v1/decision/find?limit=1" | grep -o '"id":"[^"]*' | head -n 1 | cut -d'"' -f4)
for question in "today/show" "heatmap/show?measure=cpu" "decision/find?limit=50" "decision/find?outcome=refuse&limit=50" \
    "decision/show?id=$id" "alert/list" "inventory/list" "drift/show?use_case=lending.approval/person_revolving" \
    "decay/show?use_case=lending.approval/person_revolving" \
    "fairness/show?use_case=lending.approval/person_revolving&jurisdiction=cn" "lending/portfolio"; do
  ms=$(ask "$question")
  echo "GET /v1/${question%%\?*} with $all records   $ms ms   bar 1000 (of the whole page)"
done
if command -v chromium > /dev/null && [ -d console/node_modules ]; then
  npm --prefix console run --silent pages -- "$url" || echo "a page is above its bar, see above"
fi
kill -TERM "$server" && wait "$server" || true
server=
