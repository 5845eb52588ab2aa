#!/usr/bin/env bash
# Two houses train together, each a process of its own, while one or the other is killed (SIGKILL) again and again. The model
# must have the hash of a rehearsal in the clear, which no kill disturbed.
#   tests/federation_kill.sh PUHUI FOLDER [KILLS] [SEED]
set -euo pipefail
puhui=$(realpath "$1")
folder=$2
kills=${3:-6}
RANDOM=${4:-1}
rm -rf "$folder"
mkdir -p "$folder"
folder=$(realpath "$folder")
port=$((20000 + $$ % 20000))

lender() { "$puhui" "$@" --store "$folder/lender" --quiet; }
registry() { "$puhui" "$@" --store "$folder/registry" --quiet; }
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",]*\).*/\1/p" | head -n 1; }

"$puhui" federation simulate --firms 3000 --seed 1 --out "$folder" --quiet > /dev/null
lender federation init --name lender --key-file "$folder/lender.key" > /dev/null
registry federation init --name registry --address "127.0.0.1:$port" --key-file "$folder/registry.key" > /dev/null
lender federation invite --out "$folder/lender.invitation" > "$folder/lender.invited"
registry federation invite --out "$folder/registry.invitation" > "$folder/registry.invited"
lender federation accept --invitation "$folder/registry.invitation" \
  --fingerprint "$(field fingerprint < "$folder/registry.invited")" > /dev/null
registry federation accept --invitation "$folder/lender.invitation" \
  --fingerprint "$(field fingerprint < "$folder/lender.invited")" > /dev/null
sed 's/"trees": 30/"trees": 6/' policies/federation/invoices.json > "$folder/template.json"
lender federation prepare --template "$folder/template.json" --out "$folder/job.json" > /dev/null
for house in lender registry; do
  for person in maker checker; do
    $house person add --name "$house-$person" --key-file "$folder/$house-$person.key" --may-approve > /dev/null
    $house federation approve --job "$folder/job.json" --person "$house-$person" \
      --key-file "$folder/$house-$person.key" > /dev/null
  done
done

# The process itself, not a shell around it: it is what is killed.
start() {
  "$puhui" federation run --job "$folder/job.json" --data "$folder/$1.csv" --work-folder "$folder/$1.work" \
    --store "$folder/$1" --quiet > "$folder/$1.answer" 2>> "$folder/$1.log" &
}
start registry; registry_pid=$!
start lender; lender_pid=$!
trap 'kill -9 "$registry_pid" "$lender_pid" 2> /dev/null || true' EXIT
killed=0
while [ "$killed" -lt "$kills" ]; do
  sleep "0.$((RANDOM % 900 + 100))"
  kill -0 "$lender_pid" 2> /dev/null && kill -0 "$registry_pid" 2> /dev/null || break  # done before all kills
  if [ $((RANDOM % 2)) -eq 0 ]; then
    kill -9 "$registry_pid"; wait "$registry_pid" 2> /dev/null || true
    start registry; registry_pid=$!
  else
    kill -9 "$lender_pid"; wait "$lender_pid" 2> /dev/null || true
    start lender; lender_pid=$!
  fi
  killed=$((killed + 1))
done
wait "$lender_pid" || { cat "$folder/lender.log" "$folder/lender.answer"; exit 1; }
wait "$registry_pid" || { cat "$folder/registry.log" "$folder/registry.answer"; exit 1; }
trap - EXIT

"$puhui" federation rehearse --job "$folder/job.json" --data "$folder/lender.csv" --data "$folder/registry.csv" --quiet \
  > "$folder/rehearsal"
expected=$(field model < "$folder/rehearsal")
for house in lender registry; do
  came=$(field model < "$folder/$house.answer")
  [ "$came" = "$expected" ] || { echo "expected model $expected, came '$came' at the $house" >&2; exit 1; }
done
echo "killed $killed times: the model is $expected, as without"
