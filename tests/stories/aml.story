# Laundering: a permit for watching transfers, four amounts just below the threshold, the case they open, and its report.
$ for who in chen wang li; do puhui person add --name $who --key-file $who.key --may-approve > /dev/null; done; puhui aml propose --author chen --out permit.json | grep -v permit; for who in wang li; do puhui permit sign --permit permit.json --person $who --key-file $who.key > /dev/null; done; puhui permit grant --file permit.json | head -2
  {
    "use_case": "aml.monitoring/transfers",
    "approvals_needed": 2
  }
  {
    "use_case": "aml.monitoring/transfers",

$ puhui aml transfer --key k0 --at 2026-01-02T08:00:00Z --from quiet --to other --amount-minor 100 | grep outcome
    "outcome": "approve",

$ for day in 01 02 03 04; do puhui aml transfer --key k$day --at 2026-04-${day}T09:00:00Z --from alice --to bob --amount-minor 49000$day --purpose "goods $day" | grep '"outcome"\|"typology"\|"transfers"'; done
    "outcome": "approve",
    "outcome": "approve",
    "outcome": "approve",
    "outcome": "alert",
        "typology": "structuring",
        "transfers": 4,
        "outcome": "alert",

# The same key again is answered as it was; with another amount it is refused.
$ puhui aml transfer --key k04 --at 2026-04-04T09:00:00Z --from alice --to bob --amount-minor 4900004 --purpose "goods 04" | grep repeated
    "repeated": true,

$ puhui aml transfer --key k04 --at 2026-04-04T09:00:00Z --from alice --to bob --amount-minor 4900005
  puhui aml transfer: conflict
    --key: this key stands for another transfer; choose a new key for a new one
? 5

$ puhui aml findings --json | grep -o '"in_case":"[^"]*"' | cut -d'"' -f4 > case; puhui aml findings --json | grep -o '{"id":"[^"]*"' | cut -d'"' -f4 > finding; puhui aml finding $(cat finding) --json | grep -o '"graph".*'
  "graph":{"nodes":[{"id":"alice","kind":"subject","in_minor":0,"out_minor":19600010},{"id":"bob","kind":"counterparty","in_minor":19600010,"out_minor":0}],"edges":[{"from":"alice","to":"bob","transfers":4,"amount_minor":19600010,"first":"[..]","last":"[..]"}]}}

$ puhui case note --id $(cat case) --words "bob cannot say what the goods were" > /dev/null; puhui aml report draft $(cat case) --json > draft.json; grep -o '"id":"[^"]*"' draft.json | head -1 | cut -d'"' -f4 > report; grep -o '"en":"[^"]*"' draft.json | sed 's/cli on [0-9TZ:-]* /cli /'
  "en":"This report concerns the account alice, on which 1 pattern was found."
  "en":"Between [..] and [..], 4 transfers with 1 counterparty, 196000.10 CNY in all, formed structuring."
  "en":"On [..], 49000.01 CNY went from alice to bob, with the purpose goods 01."
  "en":"On [..], 49000.02 CNY went from alice to bob, with the purpose goods 02."
  "en":"On [..], 49000.03 CNY went from alice to bob, with the purpose goods 03."
  "en":"On [..], 49000.04 CNY went from alice to bob, with the purpose goods 04."
  "en":"Several transfers were kept just below the reporting threshold and together exceed it."
  "en":"The account is younger than a month."
  "en":"It is at least ten times what is usual for the account."
  "en":"cli (noted): bob cannot say what the goods were"
  "en":"Missing: name, identity document and address of the account's holder are not known to monitoring; add them before it is filed."

$ puhui aml report submit $(cat report) | grep state; puhui aml report approve $(cat report)
      "state": "submitted",
  puhui aml report approve: forbidden
    --id: 'cli' drafted or submitted it: another person approves
? 4

$ puhui aml report list | grep '"state"\|digest'
        "state": "submitted",

# Half a year of a small bank, patterns and look-alikes laid into it. Never in the store that is watched in earnest.
$ puhui aml simulate --transfers 20000 --accounts 1500 --injections 3 --seed 1 --out t.csv --truth-out truth.csv --quiet
  29073 transfers written to t.csv; 21 patterns and 21 look-alikes to truth.csv

$ puhui aml replay --transfers t.csv --truth truth.csv --quiet
  puhui aml replay: conflict
    store: a permit by 'chen' watches transfers in this store; a replay raises alerts, so give it a store of its own: --store FOLDER
? 5

$ puhui aml replay --transfers t.csv --truth truth.csv --quiet --store replayed | tail -8
    27 findings, 27 alerts
      structuring     5 findings, 5 alerts, recall 100.0 % (3 of 3), precision 100.0 %
      fan_in          4 findings, 4 alerts, recall 100.0 % (3 of 3), precision 100.0 %
      fan_out         6 findings, 6 alerts, recall 100.0 % (3 of 3), precision 100.0 %
      cycle           3 findings, 3 alerts, recall 100.0 % (3 of 3), precision 100.0 %
      scatter_gather  3 findings, 3 alerts, recall 100.0 % (3 of 3), precision 100.0 %
      pass_through    3 findings, 3 alerts, recall 100.0 % (3 of 3), precision 100.0 %
      dormant         3 findings, 3 alerts, recall 100.0 % (3 of 3), precision 100.0 %
