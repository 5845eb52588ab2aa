# A bank guards its payments: a scheme is signed, payments are judged as they come, and what waits for a person has an end.
$ for who in chen wang li; do puhui person add --name $who --key-file $who.key --may-approve > /dev/null; done; puhui fraud propose --folder policies/card_payment --policy policy_rules.dmn --author chen --out permit.json > /dev/null; for who in wang li; do puhui permit sign --permit permit.json --person $who --key-file $who.key > /dev/null; done; puhui permit grant --file permit.json | head -2
  {
    "use_case": "fraud.payment/card_payment",

# An ordinary payment goes on; sent again it is answered as before; another one under its key is not taken for it.
$ puhui fraud judge --scheme card_payment --key pay-1 --fields '{"customer": "c1", "terminal": "t1", "amount_minor": 4200}'
  Payment pay-1: approve
    probability of fraud 0.10%
    evidence [..]
$ puhui fraud judge --scheme card_payment --key pay-1 --fields '{"customer": "c1", "terminal": "t1", "amount_minor": 4200}' | head -1
  Payment pay-1: approve, as before
$ puhui fraud judge --scheme card_payment --key pay-1 --fields '{"customer": "c1", "amount_minor": 9900}'
  puhui fraud judge: conflict
    --key: it stands for another payment, of [..]
? 5

# What cannot be a payment is refused with every fault.
$ puhui fraud judge --scheme card_payment --key pay-2 --fields '{"customer": "c1", "amount_minor": -5}'
  puhui fraud judge: invalid
    fields/amount_minor: expected no amount below zero, came -5
  See puhui fraud judge --help
? 2

# Stolen card data being tried out: many small payments, then a large one. It waits for a person, with a deadline.
$ for i in 1 2 3 4; do puhui fraud judge --scheme card_payment --key small-$i --fields '{"customer": "c2", "amount_minor": 100}' | head -1; done; for i in 1 2 3 4; do puhui fraud judge --scheme card_payment --key more-$i --fields '{"customer": "c2", "amount_minor": 3000}' > /dev/null; done; puhui fraud judge --scheme card_payment --key large --fields '{"customer": "c2", "amount_minor": 40000}' | grep -v '  - \|    [^a-z]\|evidence'
  Payment small-1: approve
  Payment small-2: approve
  Payment small-3: approve
  Payment small-4: approve
  Payment large: hold
    probability of fraud 40.00%
    waits until [..]
$ puhui fraud holds --json | grep -o '"key":"large"\|"owner":"[a-z:]*"\|"then":"[a-z]*"'
  "key":"large"
  "owner":"queue:fraud"
  "then":"block"

# A person answers once.
$ puhui fraud release --scheme card_payment --key large --action block --why 'she has the card and paid nothing' --json | grep -o '"action":"[a-z]*"'
  "action":"block"
$ puhui fraud release --scheme card_payment --key large --action approve --why 'a second thought' 2>&1 | head -1
  puhui fraud release: conflict
$ puhui fraud holds --json | grep -o '"holds":\[\]'
  "holds":[]

# What became known reaches the next payment's features.
$ puhui fraud label --scheme card_payment --key large --fraud > /dev/null; puhui fraud judge --scheme card_payment --key next --fields '{"customer": "c2", "amount_minor": 100}' > /dev/null; puhui fraud payment --scheme card_payment --key next --json | grep -o '"name":"customer_frauds_30d"[^}]*' | grep -o '"value":"[0-9]*"'
  "value":"1"
$ puhui fraud payments --scheme card_payment --labelled fraud --json | grep -o '"key":"[a-z]*"\|"settled_as":"[a-z]*"\|"fraud":true'
  "key":"large"
  "settled_as":"block"
  "fraud":true

# Every decision replays, and the chain is whole.
$ puhui evidence verify --quiet > /dev/null && echo whole
  whole
