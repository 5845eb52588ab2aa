# A loan from its application to the day-ends after it: payments, a payment taken back, a fee waived, a charge-off refused.
$ for who in chen wang li; do puhui person add --name $who --key-file $who.key --may-approve > /dev/null; done; puhui lending simulate --rows 3000 --seed 11 --out history.csv --quiet > /dev/null; puhui lending train --applications history.csv --mapping policies/person_revolving/mapping.json --model scorecard --json --quiet | cut -d'"' -f4 > model; puhui lending propose --folder policies/person_revolving --model $(cat model) --author chen --out permit.json > /dev/null; for who in wang li; do puhui permit sign --permit permit.json --person $who --key-file $who.key > /dev/null; done; puhui permit grant --file permit.json | head -2
  {
    "use_case": "lending.approval/person_revolving",

$ echo '{"application": "app-1", "product": "person_revolving", "borrower": "b-1", "opened_on": "2026-03-02", "facts": {"applied_on": "2026-03-01", "channel": "branch", "purpose": "home", "requested_amount_minor": 500000, "term_months": 12, "of_legal_age": true, "identity_verified": true, "on_watch_list": false, "enforcement_record": false, "employment": "employed", "employment_months": 120, "residence": "owner", "income_month_minor": 1543210, "has_credit_record": true, "credit_record_months": 144, "credit_lines_open": 2, "credit_debt_minor": 300000, "credit_utilisation": 0.08, "debt_service_month_minor": 50000, "late_payments_12m": 0, "worst_days_late_24m": 0, "credit_enquiries_6m": 0, "account_months": 84, "account_balance_minor": 4000000, "account_inflow_month_minor": 1600000, "account_overdrafts_6m": 0}}' > good.json; puhui lending apply --input good.json --json | grep -o '"loan":"[^"]*"' | cut -d'"' -f4 > loan; wc -c < loan
  37

$ puhui lending day-end --date 2026-03-20 --ahead --quiet
  The end of 2026-03-20: 1 loans, 1 days run
    person_revolving: 1 loans, principal 5000.00 CNY, allowance [..] CNY
        M1           1             5000.00 CNY
      stage one: 1 loans, principal 5000.00 CNY, allowance [..] CNY
      on the day: interest [..] CNY, late interest [..] CNY, charged off 0 loans of 0.00 CNY, allowance [..] CNY
  The loans tie with the ledger.

$ puhui lending loan --loan $(cat loan) --on 2026-03-20 | grep -v '"[0-9a-f-]\{36\}"' | sed -n '/"position"/,$p'
    "position": {
      "date": "2026-03-20",
      "status": "active",
      "bucket": "M0",
      "stage": "one",
      "days_past_due": 0,
      "principal": "5000.00 CNY",
      "interest_accrued": "0.00 CNY",
      "due": "[..] CNY",
      "past_due": "0.00 CNY",
      "credit": "0.00 CNY",
      "next_due": "2026-04-20",
      "next_due_amount": "[..] CNY",
      "payoff": "[..] CNY",
      "allowance": "[..] CNY"
    },
    "events": [
      {
        "kind": "drawdown",
        "date": "2026-03-02",
        "amount": "5000.00 CNY"
      }
    ]
  }

$ puhui lending repay --loan $(cat loan) --event pay-1 --amount '300.00 CNY' --on 2026-03-20 | tee paid.txt
  A repayment of 300.00 CNY on 2026-03-20
    due principal  [..] CNY
    due interest  [..] CNY
  The loan is active (M1): principal [..] CNY, past due [..] CNY, all it takes to owe nothing [..] CNY; next [..] CNY on 2026-04-20

$ puhui lending repay --loan $(cat loan) --event pay-1 --amount '300.00 CNY' --on 2026-03-20 | diff - paid.txt && echo the same answer
  the same answer

$ puhui lending repay --loan $(cat loan) --event pay-1 --amount '301.00 CNY' --on 2026-03-20
  puhui lending repay: conflict
    --event: this key stands for another event of the loan already (a repayment on 2026-03-20); choose a new key for a new event
? 5

$ puhui lending repay --loan $(cat loan) --event pay-2 --amount '300.00 USD' --on 2026-03-20
  puhui lending repay: invalid
    --amount: expected CNY, the contract's currency, came USD
  See puhui lending repay --help
? 2

$ puhui lending repay --loan $(cat loan) --event pay-2 --amount '-1.00 CNY' --on 2026-03-20
  puhui lending repay: invalid
    --amount: expected more than 0, came -1.00 CNY
  See puhui lending repay --help
? 2

$ puhui lending repay --loan $(cat loan) --event pay-2 --amount '12.345 CNY' --on 2026-03-20
  puhui lending repay: invalid
    --amount: expected an amount with at most 2 decimals below 2^63 minor units, came '12.345 CNY'
  See puhui lending repay --help
? 2

$ puhui lending repay --loan $(cat loan) --event pay-2 --amount '99999999999999999999.00 CNY' --on 2026-03-20
  puhui lending repay: invalid
    --amount: expected an amount with at most 2 decimals below 2^63 minor units, came '99999999999999999999.00 CNY'
  See puhui lending repay --help
? 2

$ puhui lending repay --loan 00000000-0000-0000-0000-000000000001 --event pay-2 --amount '1.00 CNY' --on 2026-03-20
  puhui lending repay: not_found
    --loan: no loan has the id [..]
? 3

$ puhui lending repay --loan $(cat loan) --event pay-2 --amount '1.00 CNY' --on 2020-01-01
  puhui lending repay: invalid
    --on: expected a day from the opening on 2026-03-02 on, came 2020-01-01
  See puhui lending repay --help
? 2

$ puhui lending event --loan $(cat loan) --event back-1 --kind chargeback --payment pay-1 --on 2026-03-20
  A chargeback of 300.00 CNY on 2026-03-20
    due principal  [..] CNY
    due interest  [..] CNY
  The loan is active (M1): principal 5000.00 CNY, past due [..] CNY, all it takes to owe nothing [..] CNY; next [..] CNY on 2026-04-20

# A day that was run is not run again; one before the first cannot be.
$ puhui lending day-end --date 2026-03-20 --ahead --quiet
  The end of 2026-03-20: 1 loans, run before
    person_revolving: 1 loans, principal 5000.00 CNY, allowance [..] CNY
        M1           1             5000.00 CNY
      stage one: 1 loans, principal 5000.00 CNY, allowance [..] CNY
      on the day: interest [..] CNY, late interest [..] CNY, charged off 0 loans of 0.00 CNY, allowance [..] CNY
  The loans tie with the ledger.

$ puhui lending day-end --date 2026-03-01 --ahead --quiet
  puhui lending day-end: conflict
    --date: expected 2026-03-21 or a day that was run, came 2026-03-01: day-ends go forward only
? 5

$ puhui lending day-end --date 2099-03-01 --quiet
  puhui lending day-end: invalid
    --date: expected a day to today, [..], came 2099-03-01; say 'ahead' to run days that have not come yet
  See puhui lending day-end --help
? 2

$ puhui lending day-end --date 2026-04-30 --ahead --quiet
  The end of 2026-04-30: 1 loans, 41 days run
    person_revolving: 1 loans, principal 5000.00 CNY, allowance [..] CNY
        M2           1             5000.00 CNY
      stage two: 1 loans, principal 5000.00 CNY, allowance [..] CNY
      on the day: interest [..] CNY, late interest [..] CNY, charged off 0 loans of 0.00 CNY, allowance [..] CNY
  The loans tie with the ledger.

$ puhui lending loans --borrower b-1 | grep -v '"loan"'
  {
    "loans": [
      {
        "product": "person_revolving",
        "status": "active",
        "bucket": "M2",
        "principal": "5000.00 CNY",
        "past_due": "[..] CNY",
        "opened_on": "2026-03-02",
        "next_due": "2026-05-20"
      }
    ]
  }

$ puhui lending portfolio
  After the end of 2026-04-30
    person_revolving: 1 loans, principal 5000.00 CNY, allowance [..] CNY
        M2           1             5000.00 CNY
      stage two: 1 loans, principal 5000.00 CNY, allowance [..] CNY
  Roll rates to 2026-04-30, of the principal a month before
    person_revolving  M1 to M2           1   100.00%
  Vintages: loans ever in stage three or charged off
    person_revolving  2026-03 at month 0         0 of 1     0.00%
    person_revolving  2026-03 at month 1         0 of 1     0.00%

$ puhui ledger verify
  {
    "whole": true,
    "postings": [..],
    "accounts": 14,
    "totals": [
      {
        "currency": "CNY",
        "accounts": 14,
        "debits_minor": "[..]",
        "credits_minor": "[..]",
        "balanced": true
      }
    ]
  }

$ puhui evidence verify --quiet
  The chain is whole: 2 records, 0 of them with facts erased by retention.

# Money that somebody moved in the tables is found.
% puhui-store UPDATE ledger_log SET body = zeroblob(length(body)) WHERE first_sequence = 1

$ puhui ledger verify
  puhui ledger verify: corrupt
    a chunk of the ledger's log fails its checksum: restore it from a backup
? 8

% puhui-store DELETE FROM ledger_log WHERE first_sequence = 1

$ puhui ledger verify
  puhui ledger verify: corrupt
    ledger_log: expected entry 1, found entry 2: restore the store from a backup
? 8
