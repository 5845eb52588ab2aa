# What is wrong is named, all of it, with its place; and the store stays as it was.
$ puhui lending simulate --rows 1000 --seed 3 --out people.csv --quiet > /dev/null; puhui lending replay --applications people.csv --mapping policies/person_revolving/mapping.json --quiet > /dev/null; puhui evidence verify --quiet > before.txt; puhui person list >> before.txt; head -1 before.txt
  The chain is whole: 272 records, 0 of them with facts erased by retention.

# Rows that do not read: refused as a whole, each with row and column.
$ awk -F, -v OFS=, 'NR==3 {$7="twelve"} NR==5 {$6="NaN"} NR==7 {$0=$0 ",extra"} NR==9 {$6="99999999999999999999"} NR==11 {$2="2026-02-30"} 1' people.csv > bad.csv; puhui lending replay --applications bad.csv --mapping policies/person_revolving/mapping.json --quiet
  puhui lending replay: invalid
    row 2 (line 3), column term_months: expected a number of at most 18 digits, came 'twelve'
    row 4 (line 5), column requested_amount_minor: expected a number of at most 18 digits, came 'NaN'
    row 6 (line 7): expected 38 fields as in the header, came 39
    row 8 (line 9), column requested_amount_minor: expected a number of at most 18 digits, came '99999999999999999999'
    row 10 (line 11), column applied_on: expected a day such as '2026-02-28', came '2026-02-30'
    5 bad rows: correct them, or skip bad rows
  See puhui lending replay --help
? 2

$ puhui lending replay --applications bad.csv --mapping policies/person_revolving/mapping.json --skip-bad-rows --quiet --store other --json | grep -o '"skipped_rows":[0-9]*\|"ledger_balanced":[a-z]*'
  "ledger_balanced":true
  "skipped_rows":5

# A mapping that names what is not there, or is no mapping.
$ sed 's/"income_month_minor"/"income_mnth_minor"/g' policies/person_revolving/mapping.json > mapping.json; puhui lending replay --applications people.csv --mapping mapping.json --quiet
  puhui lending replay: invalid
    mapping: model/derived: derived/amount_to_income: no numeric column or earlier derived feature 'income_mnth_minor'; did you mean 'income_month_minor'?
    mapping: model/derived: derived/service_to_income: no numeric column or earlier derived feature 'income_mnth_minor'; did you mean 'income_month_minor'?
    mapping: model/derived: derived/debt_to_income: no numeric column or earlier derived feature 'income_mnth_minor'; did you mean 'income_month_minor'?
    mapping: model/features/11: there is no fact or derived feature 'income_mnth_minor'; did you mean 'income_month_minor'?
  See puhui lending replay --help
? 2

$ sed '1s/income_month_minor/income/' people.csv > renamed.csv; puhui lending replay --applications renamed.csv --mapping policies/person_revolving/mapping.json --quiet
  puhui lending replay: invalid
    mapping: facts (income_month_minor is not mapped, so its own column is read): the file has no column 'income_month_minor'; its header names 38 columns
  See puhui lending replay --help
? 2

$ echo '{"product": "person_revolving", "rows": 7' > mapping.json; puhui lending replay --applications people.csv --mapping mapping.json --quiet
  puhui lending replay: invalid
    mapping.json: line 2, column 1: expected JSON: incomplete JSON
  See puhui lending replay --help
? 2

$ puhui lending replay --applications nowhere.csv --mapping policies/person_revolving/mapping.json --quiet
  puhui lending replay: not_found
    nowhere.csv: could not be opened: No such file or directory
? 3

$ : > empty.csv; puhui lending replay --applications empty.csv --mapping policies/person_revolving/mapping.json --quiet
  puhui lending replay: invalid
    line 1: expected a header with the columns' names, came nothing
  See puhui lending replay --help
? 2

$ head -1 people.csv > header.csv; puhui lending replay --applications header.csv --mapping policies/person_revolving/mapping.json --quiet
  puhui lending replay: invalid
    target: no row of the file tells how its loan ended; a replay needs labels to train on
  See puhui lending replay --help
? 2

$ gzip -c people.csv | head -c 2000 > cut.csv.gz; puhui lending replay --applications cut.csv.gz --mapping policies/person_revolving/mapping.json --quiet
  puhui lending replay: corrupt
    expected more gzip bytes: the file ends too early; copy it anew
? 8

# A policy that does not load, or reads what is sealed.
$ mkdir -p mine; cp -r policies/person_revolving mine/; sed -i 's/if count(Hard reasons)/if count(Hard reasons/' mine/person_revolving/policy.dmn; puhui lending replay --applications people.csv --mapping policies/person_revolving/mapping.json --policies mine --quiet
  puhui lending replay: invalid
    policy: element reasons_expression, line 1162, column 74: expected ')', came 'then'
    policy: element outcome_expression, line 1173, column 81: expected ')', came 'then'
  See puhui lending replay --help
? 2

$ cp policies/person_revolving/policy.dmn mine/person_revolving/; sed -i 's/"dependants", "type": "number", "personal": true/"dependants", "type": "number", "sealed": true/' mine/person_revolving/facts.json; puhui lending replay --applications people.csv --mapping policies/person_revolving/mapping.json --policies mine --quiet
  puhui lending replay: invalid
    mapping: model/features/10: 'dependants' is sealed and never reaches a model; remove it
  See puhui lending replay --help
? 2

# Commands and flags that are not.
$ puhui lending aply
  puhui: invalid
    lending aply: is no command; did you mean 'lending apply'?
? 2

$ puhui lending apply --produkt x
  puhui lending apply: invalid
    --produkt: is not a flag of this command; did you mean --product?
    --application: is required: your own key for this application; sent again, it answers as it did
    --product: is required: which product
    --borrower: is required: your own name for the borrower; only its digest is kept
    --facts: is required: an object of the product's facts, see 'lending facts'
  See puhui lending apply --help
? 2

$ puhui evidence show --id 12
  puhui evidence show: invalid
    --id: expected an id of 32 hex digits such as '[..]', came '12'
  See puhui evidence show --help
? 2

$ puhui evidence show --id 00000000-0000-0000-0000-000000000001
  puhui evidence show: not_found
    no evidence record has the id [..]
? 3

# Nothing of all this was kept.
$ (puhui evidence verify --quiet; puhui person list) | diff - before.txt && echo as before
  as before

# A model whose bytes changed decides no more, and says so.
% puhui-store UPDATE kernel_artefact SET bytes = CAST('tampered' AS BLOB) WHERE kind = 'model'

$ puhui lending apply --application a --product person_revolving --borrower b --facts '{}'
  {"at":"[..]","level":"warning","event":"permit_not_in_force","use_case":"lending.approval/person_revolving","why":"corrupt: artefact [..]: its bytes give [..]; restore the store from a backup"}
  puhui lending apply: forbidden
    lending.approval/person_revolving: its permit does not hold: corrupt: artefact [..]: its bytes give [..]; restore the store from a backup
? 4

$ puhui evidence replay --quiet
  {"at":"[..]","level":"warning","event":"permit_not_in_force","use_case":"lending.approval/person_revolving","why":"corrupt: artefact [..]: its bytes give [..]; restore the store from a backup"}
  puhui evidence replay: corrupt
    artefact [..]: its bytes give [..]; restore the store from a backup
? 8

# A record that was changed is named.
% puhui-store UPDATE evidence_record SET facts = zeroblob(10) WHERE sequence = 7

$ puhui evidence verify --quiet
  {"at":"[..]","level":"warning","event":"permit_not_in_force","use_case":"lending.approval/person_revolving","why":"corrupt: artefact [..]: its bytes give [..]; restore the store from a backup"}
  puhui evidence verify: corrupt
    record [..] (number 7): its facts differ from those it was decided on. Here the chain breaks; nothing before it was changed. Restore the store from a backup and compare
? 8

# A store of a newer program is not touched.
% other UPDATE store_migration SET version = 99 WHERE module = 'kernel' AND version = 1

$ puhui evidence verify --store other --quiet
  puhui evidence verify: conflict
    other: expected kernel at version 2 or older, but the store has version 99: use the newer program that made it
? 5

# A full disk: what was kept stays, and the message says what is wrong.
$ puhui lending simulate --rows 20000 --seed 4 --out many.csv --quiet --store small > /dev/null; puhui lending replay --applications people.csv --mapping policies/person_revolving/mapping.json --store small --quiet > /dev/null; puhui evidence verify --store small --quiet > small.txt; (ulimit -f 2500; trap '' XFSZ; puhui lending replay --applications many.csv --mapping policies/person_revolving/mapping.json --store small --quiet 2> said; code=$?; grep -v '^{"at"' said; exit $code)
  puhui lending replay: unavailable
    small: no space left (disk I/O error): nothing of this write was kept; free some space and send it again
? 7

$ puhui evidence verify --store small --quiet && puhui evidence replay --store small --quiet
  The chain is whole: [..] records, 0 of them with facts erased by retention.
  [..] of [..] decisions taken again: every one gave the same bytes.
