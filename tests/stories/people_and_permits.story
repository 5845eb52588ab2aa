# In earnest: three people, a trained model, a permit that two of them sign, and applications of real borrowers.
$ puhui person add --name chen-jie --key-file chen.key
  {
    "name": "chen-jie",
    "public_key": "[..]",
    "may_approve": false
  }

$ puhui person add --name wang-fang --key-file wang.key --may-approve | grep -v public_key
  {
    "name": "wang-fang",
    "may_approve": true
  }

$ puhui person add --name li-na --key-file li.key --may-approve | grep -v public_key
  {
    "name": "li-na",
    "may_approve": true
  }

# A name keeps its key for good.
$ puhui person add --name li-na --key-file other.key --may-approve || ls other.key
  puhui person add: conflict
    --name: 'li-na' is known already
  ls: cannot access 'other.key': No such file or directory
? 2

# A key file is for its owner alone.
$ stat -c %a wang.key; grep -c '^[0-9a-f]\{64\}$' wang.key
  600
  1

$ puhui lending simulate --rows 3000 --seed 11 --out history.csv --json | grep -o '"rows":3000'
  "rows":3000

$ puhui lending train --applications history.csv --mapping policies/person_revolving/mapping.json --model scorecard --json > trained.json; grep -o '"model":"[0-9a-f]*"' trained.json
  "model":"[..]"

# Before anybody signed, nothing decides.
$ puhui lending apply --application a-1 --product person_revolving --borrower b-1 --facts '{}'
  puhui lending apply: forbidden
    lending.approval/person_revolving: no permit is in force; propose one and have two people sign it
? 4

$ puhui lending propose --folder policies/person_revolving --model $(grep -o '"model":"[0-9a-f]*"' trained.json | cut -d'"' -f4) --author chen-jie --out permit.json --conditions "review after a quarter" | grep -v digest
  {
    "manifest": {
      "use_case": "lending.approval/person_revolving",
      "tier": 1,
      "artefacts": [
        {
          "name": "facts",
        },
        {
          "name": "policy",
        },
        {
          "name": "product",
        },
        {
          "name": "reasons",
        },
        {
          "name": "model:pd",
        }
      ],
      "thresholds": [
        {
          "name": "product funding rate",
          "value": "0.025"
        },
        {
          "name": "product operating rate",
          "value": "0.03"
        },
        {
          "name": "product capital rate",
          "value": "0.1"
        },
        {
          "name": "product hurdle rate",
          "value": "0.12"
        },
        {
          "name": "product lgd",
          "value": "0.65"
        },
        {
          "name": "product margin rate",
          "value": "0.02"
        },
        {
          "name": "product rate floor",
          "value": "0.036"
        },
        {
          "name": "product rate cap",
          "value": "0.24"
        },
        {
          "name": "product pd max",
          "value": "0.09"
        },
        {
          "name": "product amount min",
          "value": "50000"
        },
        {
          "name": "product amount max",
          "value": "20000000"
        },
        {
          "name": "product amount step",
          "value": "10000"
        },
        {
          "name": "exploration_rate",
          "value": "0"
        },
        {
          "name": "exploration_daily_max",
          "value": "0"
        }
      ],
      "build": "puhui 0.1.0",
      "author": "chen-jie",
      "made_at": "[..]",
      "expires_at": "[..]",
      "conditions": "review after a quarter"
    },
    "approvals": []
  }

# What could not run is not proposed.
$ mkdir mine; cp -r policies/person_revolving mine/; sed -i 's/"feature:credit_utilisation"/"feature:another"/' mine/person_revolving/reasons.json; puhui lending propose --folder mine/person_revolving --model $(grep -o '"model":"[0-9a-f]*"' trained.json | cut -d'"' -f4) --author chen-jie --out other.json
  puhui lending propose: invalid
    reasons: have no sentence for 'feature:credit_utilisation' of model 'pd'; a refused person must be told in words
  See puhui lending propose --help
? 2

# Its author may not sign, one signature is not enough, and the same person twice is one.
$ puhui permit sign --permit permit.json --person chen-jie --key-file chen.key
  puhui permit sign: forbidden
    --person: 'chen-jie' wrote this manifest; two other people must sign it
? 4

$ puhui permit sign --permit permit.json --person wang-fang --key-file wang.key --quiet > signed.json; grep -c signature permit.json
  1

$ puhui permit grant --file permit.json
  puhui permit grant: forbidden
    approvals: expected the valid signatures of 2 people other than the author, came 1
? 4

$ puhui permit sign --permit permit.json --person wang-fang --key-file wang.key --quiet > signed.json; grep -c signature permit.json
  1

$ puhui permit sign --permit permit.json --person li-na --key-file wang.key
  puhui permit sign: forbidden
    --key-file: holds another key than the one 'li-na' is known by; sign with your own
? 4

$ puhui permit sign --permit permit.json --person li-na --key-file li.key > signed.json; grep -c signature permit.json
  2

# A byte of it changed, it is no permit.
$ sed 's/review after a quarter/review after a year/' permit.json > forged.json; puhui permit grant --file forged.json
  puhui permit grant: forbidden
    approval of wang-fang: has a signature that is not over this manifest; a byte of it may have changed since
    approval of li-na: has a signature that is not over this manifest; a byte of it may have changed since
    approvals: expected the valid signatures of 2 people other than the author, came 0
? 4

$ puhui permit grant --file permit.json
  {
    "use_case": "lending.approval/person_revolving",
    "permit": "[..]",
    "author": "chen-jie",
    "signed_by": [
      "wang-fang",
      "li-na"
    ],
    "expires_at": "[..]"
  }

$ puhui lending facts --product person_revolving | grep -c '"name"'
  37

# A sound applicant.
$ echo '{"application": "app-1", "product": "person_revolving", "borrower": "b-1", "opened_on": "2026-03-02", "facts": {"applied_on": "2026-03-01", "channel": "branch", "applied_hour": 10, "purpose": "home", "requested_amount_minor": 500000, "term_months": 12, "of_legal_age": true, "identity_verified": true, "on_watch_list": false, "enforcement_record": false, "employment": "employee", "employment_months": 120, "education": "bachelor", "residence": "own", "residence_months": 96, "dependants": 1, "income_month_minor": 1500000, "has_credit_record": true, "credit_record_months": 144, "credit_lines_open": 2, "credit_debt_minor": 300000, "credit_utilisation": 0.08, "debt_service_month_minor": 50000, "late_payments_12m": 0, "worst_days_late_24m": 0, "credit_enquiries_6m": 0, "account_months": 84, "account_balance_minor": 4000000, "account_inflow_month_minor": 1600000, "account_overdrafts_6m": 0, "phone_months": 120, "phone_bills_late_12m": 0, "sex": "female", "age": 41}}' > good.json; puhui lending apply --input good.json | tee approved.txt
  Application app-1: approve
    5000.00 CNY at [..]% a year (annualised IRR [..]%), 12 instalments, the first on 2026-03-20
    loan [..]
      2026-03-20  [..] CNY  (principal 500.00 CNY, interest [..] CNY)
      2026-04-20  [..] CNY  (principal 450.00 CNY, interest [..] CNY)
      2026-05-20  [..] CNY  (principal 405.00 CNY, interest [..] CNY)
      2026-06-20  [..] CNY  (principal 364.50 CNY, interest [..] CNY)
      2026-07-20  [..] CNY  (principal 328.05 CNY, interest [..] CNY)
      2026-08-20  [..] CNY  (principal 295.25 CNY, interest [..] CNY)
      2026-09-20  [..] CNY  (principal 265.72 CNY, interest [..] CNY)
      2026-10-20  [..] CNY  (principal 239.15 CNY, interest [..] CNY)
      2026-11-20  [..] CNY  (principal 215.24 CNY, interest [..] CNY)
      2026-12-20  [..] CNY  (principal 193.71 CNY, interest [..] CNY)
      2027-01-20  [..] CNY  (principal 174.34 CNY, interest [..] CNY)
      2027-02-20  [..] CNY  (principal 1569.04 CNY, interest [..] CNY)
    evidence [..]

$ puhui lending apply --input good.json | diff - approved.txt && echo the same answer
  the same answer

# The same key for another request.
$ sed 's/"term_months": 12/"term_months": 6/' good.json > other.json; puhui lending apply --input other.json
  puhui lending apply: conflict
    --application: this key stands for another request already; choose a new key for a new application
? 5

# An applicant with a judgement against him.
$ sed 's/app-1/app-2/; s/"enforcement_record": false/"enforcement_record": true/' good.json > bad.json; puhui lending apply --input bad.json
  Application app-2: refuse
    - A court lists you as owing a debt under a judgement, or that list could not be checked.
      您被法院列为被执行人，或该名单暂时无法核对。
    evidence [..]

# What lies in the evidence. Who may use this store's own files sees personal facts; sealed ones nobody does.
$ puhui evidence show --id $(sed -n 's/^  evidence //p' approved.txt)
  approve   lending.approval/person_revolving   [..]
  What the policy decided
    Credit record                     scored
    Income basis                      1500000
    Debt service share                0.033333
    Thin probability                  0.055
    Probability of default            0.[..]
    Grade                             A
    Limit carried                     500000
    Price needed                      0.[..]
    Rate                              0.[..]
    Propensity                        absent
    Limit                             500000
    Outcome                           approve
    model pd [..]% likely to go bad, [..] points
  Rules that fired
    Thin probability, rule 7
    Grade, rule 1
    Limit terms, rule 1
  Facts (kept)
    applied_on                        2026-03-01
    channel                           branch
    applied_hour                      10
    purpose                           home
    requested_amount_minor            500000
    term_months                       12
    of_legal_age                      true
    identity_verified                 true
    on_watch_list                     false
    enforcement_record                false
    employment                        employee
    employment_months                 120
    education                         bachelor
    residence                         own
    residence_months                  96
    dependants                        1
    income_month_minor                1500000
    has_credit_record                 true
    credit_record_months              144
    credit_lines_open                 2
    credit_debt_minor                 300000
    credit_utilisation                0.08
    debt_service_month_minor          50000
    late_payments_12m                 0
    worst_days_late_24m               0
    credit_enquiries_6m               0
    account_months                    84
    account_balance_minor             4000000
    account_inflow_month_minor        1600000
    account_overdrafts_6m             0
    phone_months                      120
    phone_bills_late_12m              0
    exploration_draw                  [..]
    sex                               sealed
    age                               sealed
    marital_status                    sealed
    region_group                      sealed
  Evidence
    record                            [..]
    permit                            [..]
    link                              [..]
    cost                              [..] of processor time, [..] for the evidence

$ puhui evidence verify
  The chain is whole: 3 records, 0 of them with facts erased by retention.

$ puhui evidence replay
  2 of 2 decisions taken again: every one gave the same bytes.

# Retention erases facts, nothing else.
$ puhui evidence erase --before 2099-01-01T00:00:00Z
  puhui evidence erase: invalid
    --before: expected a moment in the past
  See puhui evidence erase --help
? 2

$ puhui evidence erase --before 2020-01-01T00:00:00Z
  {
    "erased": 0
  }

# A store where people signed is no place for a replay.
$ puhui lending replay --applications history.csv --mapping policies/person_revolving/mapping.json
  puhui lending replay: conflict
    store: a permit by 'chen-jie' decides for 'person_revolving' in this store; a replay books loans, so give it a store of its own: --store FOLDER
? 5
