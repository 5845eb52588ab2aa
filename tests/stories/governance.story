# Governance over HTTP: a permit proposed by one person and signed by two others with their own keys; what is forged, stale
# or the author's own is refused and recorded; a use case stopped by one person and let run again by two.
$ for who in wang li; do puhui person add --name $who --key-file $who.key --may-approve > /dev/null; done; puhui person add --name chen --key-file chen.key > /dev/null; for who in chen wang li; do puhui key add --name $who --permissions '*' --json | grep -o '"secret":"[^"]*"' | cut -d'"' -f4 > $who; done; wc -l < chen
  1

$ puhui lending simulate --rows 3000 --seed 11 --out history.csv > /dev/null; puhui lending train --applications history.csv --mapping policies/person_revolving/mapping.json --model scorecard --json --quiet | cut -d'"' -f4 > model; puhui lending propose --folder policies/person_revolving --model $(cat model) --author chen --out permit.json > /dev/null; tr -d '\n' < permit.json | sed 's/,[ ]*"approvals":.*$/}/' > submit.json; grep -c '"use_case": "lending.approval/person_revolving"' submit.json
  1

& serve

# In another's name nobody proposes.
> POST /v1/proposal/submit
> Authorization: Bearer $(cat wang)
> @submit.json
  403 application/problem+json
  [...]

> POST /v1/proposal/submit
> Authorization: Bearer $(cat chen)
> @submit.json
  200 application/json
  [...]

$ grep -o '"state": *"[a-z]*"' .answer; grep -o '"id": *"[^"]*"' .answer | head -1 | cut -d'"' -f4 > proposal; wc -c < proposal
  "state":"submitted"
  37

> GET /v1/proposal/show?id=$(cat proposal)
> Authorization: Bearer $(cat wang)
  200 application/json
  [...]

$ grep -o 'Nothing is in force: all of it is new.' .answer
  Nothing is in force: all of it is new.

# Wang's own signature counts; the same request again answers as before.
> GET /v1/proposal/bytes?id=$(cat proposal)
> Authorization: Bearer $(cat wang)
  200 application/json
  [...]

$ cp .answer wang.bytes; puhui proposal sign --answer wang.bytes --key-file wang.key --json | sed "s/^{/{\"id\":\"$(cat proposal)\",/" > wang.json; puhui proposal sign --answer wang.bytes --key-file li.key --json | sed "s/^{/{\"id\":\"$(cat proposal)\",/" > forged.json; wc -l < wang.json
  1

> POST /v1/proposal/approve
> Authorization: Bearer $(cat wang)
> @forged.json
  403 application/problem+json
  [...]

$ grep -o 'it was made with the key of li' .answer | head -1
  it was made with the key of li

> POST /v1/proposal/approve
> Authorization: Bearer $(cat li)
> @wang.json
  403 application/problem+json
  [...]

> POST /v1/proposal/approve
> Authorization: Bearer $(cat wang)
> @wang.json
  200 application/json
  [...]

> POST /v1/proposal/approve
> Authorization: Bearer $(cat wang)
> @wang.json
  200 application/json
  [...]

$ grep -o '"state": *"[a-z]*"' .answer; grep -o '"person"' .answer | wc -l
  "state":"submitted"
  1

# The author does not sign; the second other person does, and it takes force.
> GET /v1/proposal/bytes?id=$(cat proposal)
> Authorization: Bearer $(cat chen)
  200 application/json
  [...]

$ cp .answer chen.bytes; puhui proposal sign --answer chen.bytes --key-file chen.key --json | sed "s/^{/{\"id\":\"$(cat proposal)\",/" > chen.json; wc -l < chen.json
  1

> POST /v1/proposal/approve
> Authorization: Bearer $(cat chen)
> @chen.json
  403 application/problem+json
  [...]

> GET /v1/today/show
> Authorization: Bearer $(cat li)
  200 application/json
  [...]

$ grep -o 'chen asks for your signature (1 / 2).' .answer
  chen asks for your signature (1 / 2).

> GET /v1/proposal/bytes?id=$(cat proposal)
> Authorization: Bearer $(cat li)
  200 application/json
  [...]

$ cp .answer li.bytes; puhui proposal sign --answer li.bytes --key-file li.key --json | sed "s/^{/{\"id\":\"$(cat proposal)\",/" > li.json; wc -l < li.json
  1

> POST /v1/proposal/approve
> Authorization: Bearer $(cat li)
> @li.json
  200 application/json
  [...]

$ grep -o '"state": *"[a-z_]*"' .answer
  "state":"in_force"

# A page written before that is stale: it is told who granted which meanwhile.
$ sed 's/"made_at": "20/"made_at": "19/' submit.json > stale.json; cmp -s submit.json stale.json || echo another manifest
  another manifest

> POST /v1/proposal/submit
> Authorization: Bearer $(cat chen)
> @stale.json
  409 application/problem+json
  [...]

$ grep -o 'written by chen, signed by wang and li' .answer | head -1
  written by chen, signed by wang and li

# One person stops it at once; asking to let it run again is not enough, and nobody confirms what that person asked.
> POST /v1/switch/stop
> Authorization: Bearer $(cat wang)
> {"scope": "use_case", "name": "lending.approval/person_revolving", "why": "too many refusals"}
  200 application/json
  [...]

> POST /v1/switch/lift
> Authorization: Bearer $(cat wang)
> {"scope": "use_case", "name": "lending.approval/person_revolving", "why": "the feed is back"}
  200 application/json
  [...]

> POST /v1/switch/lift
> Authorization: Bearer $(cat wang)
> {"scope": "use_case", "name": "lending.approval/person_revolving", "why": "the feed is back"}
  200 application/json
  [...]

$ grep -c lifted_at .answer
  0
? 1

> POST /v1/switch/lift
> Authorization: Bearer $(cat li)
> {"scope": "use_case", "name": "lending.approval/person_revolving", "why": "seen in the feed's log"}
  200 application/json
  [...]

$ grep -o '"lifted_by": *"[a-z]*"' .answer
  "lifted_by":"li"

> GET /v1/inventory/production
> Authorization: Bearer $(cat li)
  200 application/json
  [...]

$ grep -c '"use_case": *"lending.approval/person_revolving"' .answer
  1

& stop
  Puhui is open at http://[..]
  [...]

# All of it is in the evidence, refusals too, and the chain is whole.
$ puhui evidence verify --quiet
  The chain is whole: [..] records, 0 of them with facts erased by retention.
