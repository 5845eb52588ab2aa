#!/usr/bin/env bash
# Two houses on one machine learn together: a lender (guest) and a registry (host), two processes, each with a store of its own,
# mutual TLS between them. The last line is one JSON object: auc, plaintext_auc, seconds, bytes_sent.
#   tests/federation_demo.sh PUHUI FOLDER [PORT]
set -euo pipefail
puhui=$(realpath "$1")
folder=$2
port=${3:-19443}
rm -rf "$folder"
mkdir -p "$folder"
folder=$(realpath "$folder")
data=${PUHUI_DATA:-}
if [ -z "$data" ] && [ -d ../shared/data ]; then data=$(realpath ../shared/data); fi

say() { printf '\n== %s\n' "$1"; }
lender() { "$puhui" "$@" --store "$folder/lender" --quiet; }
registry() { "$puhui" "$@" --store "$folder/registry" --quiet; }
# The first field of that name in a JSON answer.
field() { grep -o "\"$1\": *[^,}]*" | sed -n '1s/^[^:]*: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p'; }

say "The data: each house has its own columns of the same borrowers"
if [ -n "$data" ] && [ -f "$data/federation/default_credit_hetero_guest.csv.gz" ]; then
  guest=$data/federation/default_credit_hetero_guest.csv.gz
  host=$data/federation/default_credit_hetero_host.csv.gz
  template=default_credit
else
  "$puhui" federation simulate --firms 30000 --seed 1 --out "$folder" --quiet > /dev/null
  guest=$folder/lender.csv
  host=$folder/registry.csv
  template=invoices
fi
echo "lender:   $(basename "$guest")"
echo "registry: $(basename "$host")"

say "Each house makes its identity and pins the other's, by the fingerprint people read to each other"
lender federation init --name lender --key-file "$folder/lender.key" > /dev/null
registry federation init --name registry --address "127.0.0.1:$port" --key-file "$folder/registry.key" > /dev/null
lender federation invite --out "$folder/lender.invitation" --json > "$folder/lender.invited"
registry federation invite --out "$folder/registry.invitation" --json > "$folder/registry.invited"
lender federation accept --invitation "$folder/registry.invitation" \
  --fingerprint "$(field fingerprint < "$folder/registry.invited")"
registry federation accept --invitation "$folder/lender.invitation" \
  --fingerprint "$(field fingerprint < "$folder/lender.invited")" > /dev/null

say "One job file for both; a maker and a checker sign it in each house"
lender federation prepare --template "policies/federation/$template.json" --out "$folder/job.json" > /dev/null
for house in lender registry; do
  for person in maker checker; do
    $house person add --name "$house-$person" --key-file "$folder/$house-$person.key" --may-approve > /dev/null
    $house federation approve --job "$folder/job.json" --person "$house-$person" \
      --key-file "$folder/$house-$person.key" > "$folder/$house.approved"
  done
done
cat "$folder/lender.approved"

say "The registry waits at 127.0.0.1:$port; the lender calls it, and they train"
registry federation run --job "$folder/job.json" --data "$host" --work-folder "$folder/registry.work" \
  > "$folder/registry.answer" 2> "$folder/registry.log" &
waiting=$!
trap 'kill "$waiting" 2> /dev/null || true' EXIT
lender federation run --job "$folder/job.json" --data "$guest" --work-folder "$folder/lender.work" --json \
  > "$folder/lender.answer"
wait "$waiting"
trap - EXIT
job=$(field job < "$folder/lender.answer")
lender federation status --job "$job"

say "What each learned of the other, and the transcript's chain"
lender federation leakage
lender federation transcript --job "$job" --limit 1 --verify

say "The same trees with all columns in one place, which only a demonstration can have"
"$puhui" federation rehearse --job "$folder/job.json" --data "$guest" --data "$host" --quiet --json > "$folder/rehearsal"
echo "model $(field model < "$folder/rehearsal"), as the two houses came to: $(field model < "$folder/lender.answer")"

printf '{"auc": %s, "plaintext_auc": %s, "seconds": %s, "bytes_sent": %s}\n' \
  "$(field auc < "$folder/lender.answer")" "$(field auc < "$folder/rehearsal")" \
  "$(field seconds < "$folder/lender.answer")" "$(field bytes_sent < "$folder/lender.answer")"
