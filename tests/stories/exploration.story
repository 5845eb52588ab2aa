# A share of those refused for their score is let pass at random, under a daily cap, to learn what selection hides.
$ mkdir -p mine; cp -r policies/person_revolving mine/; sed -i 's/"rate": "0",/"rate": "0.1",/; s/"daily_max": 0/"daily_max": 12/' mine/person_revolving/product.json; puhui lending simulate --rows 4000 --seed 7 --out people.csv --quiet
  4000 applications written to people.csv

$ puhui lending replay --applications people.csv --mapping mine/person_revolving/mapping.json --policies mine --threads 2 --json --quiet | grep -o '"failed":[0-9]*\|"ledger_balanced":[a-z]*'
  "failed":0
  "ledger_balanced":true

# The day had twelve; what became of them is known here, for the table tells the ends.
$ puhui promotion exploration lending.approval/person_revolving
  {
    "use_case": "lending.approval/person_revolving",
    "rate": 0.1,
    "daily_max": 12,
    "explored": 12,
    "explored_today": [..],
    "matured": 12,
    "bad": [..],
    "bad_rate": [..],
    "bad_rate_low": [..],
    "bad_rate_high": [..],
    "model_rate": [..],
    "verdict": "insufficient evidence",
    "at": "[..]"
  }

# The draw lies in the evidence, so these decisions are taken again as well.
$ puhui evidence replay --quiet
  1208 of 1208 decisions taken again: every one gave the same bytes.

# Without a cap there is no share.
$ sed -i 's/"daily_max": 12/"daily_max": 0/' mine/person_revolving/product.json; puhui lending replay --applications people.csv --mapping mine/person_revolving/mapping.json --policies mine --quiet
  puhui lending replay: invalid
    mine/person_revolving/product.json: exploration/daily_max: expected more than 0 with a rate above 0: a share is let pass only under a daily cap
  See puhui lending replay --help
? 2
