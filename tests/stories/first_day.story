# The first day: people apply, a replay decides and lends, and everything can be looked at and taken again.
$ puhui lending simulate --rows 2000 --seed 7 --out people.csv --quiet
  2000 applications written to people.csv

$ head -c 200 people.csv
  applicant_id,applied_on,channel,applied_hour,purpose,requested_amount_minor,term_months,of_legal_age,identity_verified,on_watch_list,enforcement_record,employment,employment_months,education,residence

$ puhui lending replay --applications people.csv --mapping policies/person_revolving/mapping.json --threads 2 --quiet
  Puhui: 590 applications for 'person_revolving', each decided with its reasons
    approved    [..]%
    refused     [..]%
    to a person [..]%
  Lent
    amount [..]
    profit [..] CNY [..] interest [..] CNY, written off [..] CNY, recovered [..] CNY, costs [..] CNY
    bad among the approved [..]
    no credit record [..]
  Grades
    A [..] applied, [..] approved, [..]% bad
    B [..] applied, [..] approved, [..]% bad
    C [..] applied, [..] approved, [..]% bad
    D [..] applied, [..] approved, [..]% bad
    E [..] applied, [..] approved, [..]% bad
    F [..] applied, [..] approved, [..]% bad
  Why people were refused or sent to a person
  [...]
  Quality, on rows the model never saw
    boosting [..] AUC 0.[..]   KS 0.[..]  trained on 1,410 rows
  Speed
    whole applications [..] a second [..] durable; half within [..] us, 99 % within [..] us
  Books and evidence
    ledger [..] debits equal credits
  [...]
  To take decisions again and compare the bytes: puhui evidence replay --store ./puhui-store

$ puhui evidence verify --quiet
  The chain is whole: 591 records, 0 of them with facts erased by retention.

$ puhui evidence replay --sample 100 --quiet
  [..] of 590 decisions taken again: every one gave the same bytes.

$ puhui evidence replay --json
  {"decisions":590,"replayed":590,"identical":590,"different":0,"erased":0}

$ puhui permit list
  {
    "permits": [
      {
        "use_case": "lending.approval/person_revolving",
        "permit": "[..]",
        "author": "replay",
        "signed_by": [
          "replay-[..]-checker-1",
          "replay-[..]-checker-2"
        ],
        "expires_at": "[..]"
      }
    ]
  }

# The same people again, in the same store: a second run of its own.
$ puhui lending replay --applications people.csv --mapping policies/person_revolving/mapping.json --json --quiet | grep -o '^{"applications":[0-9]*\|"ledger_balanced":[a-z]*\|"failed":[0-9]*'
  {"applications":590
  "failed":0
  "ledger_balanced":true

$ puhui evidence verify --quiet
  The chain is whole: 1182 records, 0 of them with facts erased by retention.
