# What raises a hand goes to people, most expected loss first; two of them close a case.
$ puhui aml simulate --transfers 1500 --accounts 500 --injections 1 --seed 2 --out transfers.csv --truth-out truth.csv --quiet
  9243 transfers written to transfers.csv; 7 patterns and 7 look-alikes to truth.csv

$ puhui aml replay --transfers transfers.csv --truth truth.csv --quiet
  9,243 transfers watched, [..] a second, p50 [..], p99 [..]
    0 late, 0 repeated, 0 to oneself, 0 refused
    7 findings, 7 alerts
      structuring     1 findings, 1 alerts, recall 100.0 % (1 of 1), precision 100.0 %
      fan_in          1 findings, 1 alerts, recall 100.0 % (1 of 1), precision 100.0 %
      fan_out         1 findings, 1 alerts, recall 100.0 % (1 of 1), precision 100.0 %
      cycle           1 findings, 1 alerts, recall 100.0 % (1 of 1), precision 100.0 %
      scatter_gather  1 findings, 1 alerts, recall 100.0 % (1 of 1), precision 100.0 %
      pass_through    1 findings, 1 alerts, recall 100.0 % (1 of 1), precision 100.0 %
      dormant         1 findings, 1 alerts, recall 100.0 % (1 of 1), precision 100.0 %

# People look at two; what lies below the line is counted.
$ puhui case queue --capacity 2 --json --quiet > queue.json; grep -o '"kind":"[a-z_]*"' queue.json; grep -o '"below":[0-9]*' queue.json; grep -o '"case":"[^"]*"' queue.json | head -1 | cut -d'"' -f4 > case
  "kind":"cycle"
  "kind":"pass_through"
  "below":5

# It belongs to a queue until somebody takes it.
$ puhui case show $(cat case) --json --quiet | grep -o '"owner":"[^"]*"'
  "owner":"queue:aml"

$ puhui case assign $(cat case) --to zhao --json --quiet | grep -o '"owner":"[^"]*"\|"state":"[^"]*"'
  "state":"assigned"
  "owner":"zhao"

$ puhui case note $(cat case) --words 'The account holder runs no business.' --json --quiet | grep -o '"state":"[^"]*"'
  "state":"assigned"

# Who proposes a verdict does not confirm it.
$ puhui case propose $(cat case) --verdict confirmed --words 'The money came back to where it began.' --json --quiet | grep -o '"state":"[^"]*"\|"verdict":"[^"]*"'
  "state":"proposed"
  "verdict":"confirmed"

$ puhui case confirm $(cat case) --quiet
  puhui case confirm: forbidden
    --id: you proposed this verdict: another person confirms it
? 4

$ puhui case return $(cat case) --words 'Ask the holder first.' --json --quiet | grep -o '"state":"[^"]*"'
  "state":"assigned"

# Its report cites what it stands on, and says what is missing.
$ puhui aml report draft $(cat case) --json --quiet > report.json; grep -o '"part":"[a-z]*"' report.json | sort | uniq -c | sed 's/^ *//'; grep -c '"citations":\[\]' report.json
  2 "part":"missing"
  1 "part":"pattern"
  3 "part":"review"
  1 "part":"subject"
  1 "part":"suspicion"
  6 "part":"transfers"
  0
? 1

# Snoozed for longer than anybody should look away.
$ puhui case snooze --application aml --kind cycle --subject a1 --days 91 --why 'a payroll account' --quiet
  puhui case snooze: invalid
    --days: expected a whole number from 1 to 90, came 91
  See puhui case snooze --help
? 2

$ puhui case snooze --application aml --kind cycle --subject a1 --days 90 --why 'a payroll account' --json --quiet | grep -o '"why":"[^"]*"'
  "why":"a payroll account"

$ puhui case wake --application aml --kind cycle --subject a1 --json --quiet | grep -o '"why":"[^"]*"'
  "why":"a payroll account"

$ puhui case wake --application aml --kind cycle --subject a1 --quiet
  puhui case wake: not_found
    --kind: no snooze of that kind and subject lasts: 'case snoozes'
? 3

# All of it is in the evidence.
$ puhui evidence verify --quiet
  The chain is whole: 15 records, 0 of them with facts erased by retention.
