#!/usr/bin/env bash
# Two houses train together, each a process of its own, while one or the other is killed (SIGKILL) again and again, from before
# they meet until after they are done. The model must have the hash of a rehearsal in the clear, which no kill disturbed.
#   tests/federation_kill.sh PUHUI FOLDER [KILLS] [SEED]
set -euo pipefail
puhui=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
kills=${3:-6}
RANDOM=${4:-1}
rm -rf "${folder:?}"/*

# A port that nobody listens at now, below those that the kernel gives away by itself.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((10000 + (RANDOM + $$) % 20000))
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { echo "$port"; return; }
  done
  echo "expected a free port between 10000 and 30000, found none" >&2
  return 1
}
port=$(free_port)

lender() { "$puhui" "$@" --store "$folder/lender" --quiet --json; }
registry() { "$puhui" "$@" --store "$folder/registry" --quiet --json; }
field() { grep -o "\"$1\": *[^,}]*" | sed -n '1s/^[^:]*: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p'; }

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

declare -A pid
# The process itself, not a shell around it: it is what is killed.
start() {
  "$puhui" federation run --job "$folder/job.json" --data "$folder/$1.csv" --work-folder "$folder/$1.work" \
    --store "$folder/$1" --quiet --json > "$folder/$1.answer" 2>> "$folder/$1.log" &
  pid[$1]=$!
}
ended() { ! kill -0 "${pid[$1]}" 2> /dev/null; }
trap 'kill -9 "${pid[@]}" 2> /dev/null || true' EXIT

# Kills fall on every part of the run: the pauses grow from nothing to the time that an undisturbed run takes, and begin again.
start registry
start lender
killed=0
pause_ms=5
while [ "$killed" -lt "$kills" ]; do
  sleep "$(printf '%d.%03d' $((pause_ms / 1000)) $((pause_ms % 1000)))"
  pause_ms=$((pause_ms * 2 + RANDOM % 50))
  [ "$pause_ms" -lt 3000 ] || pause_ms=$((RANDOM % 400))
  if [ $((RANDOM % 2)) -eq 0 ]; then house=registry; else house=lender; fi
  if ended lender && ended registry; then break; fi  # done before all kills
  kill -9 "${pid[$house]}" 2> /dev/null || true
  wait "${pid[$house]}" 2> /dev/null || true
  start "$house"  # one that was done answers the same again
  killed=$((killed + 1))
done
for house in lender registry; do
  wait "${pid[$house]}" || { echo "the $house did not end well:" >&2; cat "$folder/$house.log" >&2; exit 1; }
done
trap - EXIT

"$puhui" federation rehearse --job "$folder/job.json" --data "$folder/lender.csv" --data "$folder/registry.csv" --quiet --json \
  > "$folder/rehearsal"
expected=$(field model < "$folder/rehearsal")
for house in lender registry; do
  came=$(field model < "$folder/$house.answer")
  [ "$came" = "$expected" ] || { echo "expected model $expected, came '$came' at the $house" >&2; exit 1; }
  $house federation transcript --job invoices --limit 1 --verify > "$folder/$house.transcript"
  grep -q '"first_break":""' "$folder/$house.transcript" || { echo "the $house's transcript does not hold" >&2; exit 1; }
done

# Then they score together: the registry serves, the lender asks about every row of its table.
registry federation offer --job invoices --data "$folder/registry.csv" > /dev/null
"$puhui" serve --listen 127.0.0.1:0 --store "$folder/registry" > "$folder/serve.log" 2>&1 &
serving=$!
trap 'kill "$serving" 2> /dev/null || true' EXIT
scored=no
for _ in $(seq 50); do
  if lender federation score --model "$expected" --data "$folder/lender.csv" --out "$folder/scores.csv" > "$folder/scored" 2>&1; then
    scored=yes
    break
  fi
  sleep 0.2
done
[ "$scored" = yes ] || { cat "$folder/scored" "$folder/serve.log" >&2; exit 1; }
kill "$serving"
wait "$serving" 2> /dev/null || true
trap - EXIT
rows=$(($(wc -l < "$folder/lender.csv") - 1))
[ $(($(wc -l < "$folder/scores.csv") - 1)) -eq "$rows" ] || { echo "expected $rows scored rows" >&2; exit 1; }
# Who the registry does not know has no score, and the registry counted who was asked about.
empty=$(grep -c ',,,$' "$folder/scores.csv" || true)
[ "$(field unknown < "$folder/scored")" = "$empty" ] && [ "$empty" -gt 0 ] || { echo "expected rows without a score" >&2; exit 1; }
[ "$(registry federation questions --partner lender | field subjects)" = "$rows" ] || { echo "expected $rows questions" >&2; exit 1; }
echo "killed $killed times: the model is $expected, as without; $rows rows scored, $empty of them unknown to the partner"
