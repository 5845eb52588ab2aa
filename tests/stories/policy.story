# A policy is tried before anybody signs it. No store is needed, and none is made.
$ puhui policy check policies/examples/micro_loan/policy.dmn
  micro_loan: no fault
    inputs 8: age, amount, debt_service_month, income_month, late_payments, months_employed, residence, term_months
    decisions 10: Score, Instalment, Burden, Exclusions, Grade, Limit, Margin, Rate, Reasons, Outcome
    model pd.pmml: pmml model 'micro_loan'
    table Exclusions (COLLECT, 5 rules, index): no gap, no overlap
    table Grade (UNIQUE, 4 rules, index): no gap, no overlap
    table Limit (UNIQUE, 5 rules, index): no gap, no overlap
    table Margin (FIRST, 5 rules, index): no gap, no overlap

$ puhui policy test policies/examples/micro_loan/policy.dmn policies/examples/micro_loan/cases.xml
  Exclusions: no case hit rules 2-3 of 5
  Grade: no case hit rule 3 of 4
  Limit: no case hit rules 2, 4 of 5
  Margin: no case hit rules 2-3, 5 of 5
  covered 11 of 19 rules
  passed 19 of 19

$ puhui policy eval policies/examples/micro_loan/policy.dmn --decision Rate --input '{"income_month": 9000, "months_employed": 48, "late_payments": 0, "residence": "owner", "term_months": 12}'
  {
    "Rate": 0.075
  }

# Why somebody is refused, in words.
$ puhui policy eval policies/examples/micro_loan/policy.dmn --decision Outcome --explain --input '{"age": 30, "income_month": 4000, "months_employed": 3, "late_payments": 5, "residence": "tenant", "debt_service_month": 0, "amount": 6000, "term_months": 12}'
  Score = {score: 415, first_reason: "paid_late", second_reason: "employment_short", reasonCodes: ["paid_late", "employment_short", "income_low", "residence"]}
  Instalment = 500
  Burden = 0.125
  Exclusions = []
  Grade = "D"
      rule 4 (grade_4): Score.score < 500, null -> "D"
  Limit = 0
      rule 5 (limit_5): Grade = "D" -> 0
  Reasons = ["paid_late", "employment_short"]
  Outcome = "refuse"

# What is missing is said, down to where it was missed.
$ puhui policy eval policies/examples/micro_loan/policy.dmn --decision Burden --explain --input '{"income_month": 4000, "amount": 6000}'
  Instalment = null
      null, because wrong type at instalment_expression 40:64: decimal expects number for 'n', came null; because wrong type at instalment_expression 40:72: '/' has no answer for number and null; because missing at input_term_months 13:3: input term_months is not given
  Burden = null
      null, because wrong type at burden_expression 47:85: decimal expects number for 'n', came null; because wrong type at burden_expression 47:120: '/' has no answer for null and number; because wrong type at burden_expression 47:106: '+' has no answer for null and null; because missing at input_debt_service_month 11:3: input debt_service_month is not given

$ puhui policy eval policies/examples/micro_loan/policy.dmn --decision Rat --input '{"age": 30}'
  puhui policy eval: not_found
    --decision: there is no decision 'Rat'; did you mean 'Rate'?
? 3

$ puhui policy eval policies/examples/micro_loan/policy.dmn --input '{"age": "thirty", "incme": 1}'
  puhui policy eval: invalid
    input: age: expected number, came string
    input: incme: is no input of this policy
  See puhui policy eval --help
? 2

# A spreadsheet goes out, is edited and comes back; unedited, not a byte changes.
$ mkdir mine; cp policies/examples/micro_loan/* mine/; puhui policy table export limit.csv --policy mine/policy.dmn --table Limit; cat limit.csv
  limit.csv written: edit it, then bring it back with 'policy table import'
  ﻿Table,Limit
  Hit policy,UNIQUE
  Kind,input,input,output,annotation,rule id
  Label,,,,,
  Expression or name,Grade,income_month,,why,
  Type,tGrade,number,number,,
  Allowed values,,,,,
  Default,,,,,
  1,"""A""",>= 8000,50000,,limit_1
  2,"""A""",< 8000,"min(30000, 5 * income_month)",,limit_2
  3,"""B""",-,"min(20000, 3 * income_month)",,limit_3
  4,"""C""",-,"min(8000, 1.5 * income_month)",,limit_4
  5,"""D""",-,0,,limit_5

$ puhui policy table import limit.csv --policy mine/policy.dmn --table Limit; cmp mine/policy.dmn policies/examples/micro_loan/policy.dmn && echo unchanged
  mine/policy.dmn is as it was: the sheet changed nothing
  unchanged

$ puhui policy table export limit.xlsx --policy mine/policy.dmn --table Limit; puhui policy table import limit.xlsx --policy mine/policy.dmn --table Limit
  limit.xlsx written: edit it, then bring it back with 'policy table import'
  mine/policy.dmn is as it was: the sheet changed nothing

$ sed -i 's/1.5 \* income_month/2 * income_month/; s/20000, 3/25000, 3/' limit.csv; puhui policy table import limit.csv --policy mine/policy.dmn --table Limit; diff mine/policy.dmn policies/examples/micro_loan/policy.dmn | grep -o '<text>min[^<]*</text>'
  mine/policy.dmn written; see it with 'policy check'
  <text>min(25000, 3 * income_month)</text>
  <text>min(8000, 2 * income_month)</text>
  <text>min(20000, 3 * income_month)</text>
  <text>min(8000, 1.5 * income_month)</text>

$ sed -i 's/2 \* income_month/2 * incme_month/' limit.csv; puhui policy table import limit.csv --policy mine/policy.dmn --table Limit
  puhui policy table import: invalid
    limit.csv: cell D12: expected a known name, came 'incme_month'
  See puhui policy table import --help
? 2

$ puhui policy table export grade.csv --policy mine/policy.dmn --table Grades
  puhui policy table export: not_found
    --table: expected one of the file's tables (Exclusions, Grade, Limit, Margin), came 'Grades'; did you mean 'Grade'?
? 3

# The proposal against the policy as it is, on past applications.
$ awk 'BEGIN {srand(1); print "age,income_month,months_employed,late_payments,residence,debt_service_month,amount,term_months,channel,bad"; for (i = 0; i < 3000; ++i) {late = (i * 7) % 4; income = 2000 + (i * 37) % 9000; printf "%d,%d,%d,%d,%s,%d,%d,%d,%s,%d\n", 17 + i % 60, income, (i * 11) % 60, late, (i % 3 == 0 ? "owner" : i % 3 == 1 ? "tenant" : "family"), (i % 5) * 200, 2000 + (i * 13) % 16 * 1000, 6 + i % 3 * 6, (i % 2 ? "app" : "branch"), (i * 17) % 100 < 5 + 6 * late}}' > past.csv; puhui policy backtest --policy policies/examples/micro_loan/policy.dmn --against mine/policy.dmn --applications past.csv --label bad --segment channel --quiet
  Everybody
                            applications   share  bad rate
    approved by the policy         1,385  46.17%    11.26%
    approved by the other          1,443  48.10%    11.37%
      by both                      1,385  46.17%    11.26%
      swapped out                      0   0.00%         -
      swapped in                      58   1.93%    13.79%
    approved by neither            1,557  51.90%    16.44%
    approval +1.93 pp, bad rate of the approved +0.10 pp
  By segment
    segment           applications  approved    then    change  bad rate    then    change
    channel = app            1,500    28.33%  29.33%  +1.00 pp    10.35%  10.23%  -0.13 pp
    channel = branch         1,500    64.00%  66.87%  +2.87 pp    11.67%  11.86%  +0.20 pp
  Rules that hit more or less often
    every rule hit as often under both
  Decisions whose value differs: Limit 1,019, Reasons 58, Outcome 58
  3,000 applications decided by both policies, [..] a second and core; 2 of the decisions taken one by one too, with the same values.

$ sed '5s/^[0-9]*,/old,/; 9s/,/;/' past.csv > bad.csv; puhui policy backtest --policy policies/examples/micro_loan/policy.dmn --against mine/policy.dmn --applications bad.csv --quiet
  puhui policy backtest: invalid
    line 5, input age: expected a number, came 'old'
    row 8 (line 9): expected 10 fields as in the header, came 9
    correct them, or skip bad rows
  See puhui policy backtest --help
? 2

$ puhui policy backtest --policy policies/examples/micro_loan/policy.dmn --against mine/policy.dmn --applications past.csv --set agee=3 --quiet
  puhui policy backtest: invalid
    --set: neither policy has an input 'agee'
  See puhui policy backtest --help
? 2

# Models as files.
$ puhui model check mine/pd.pmml
  model [..]
    pmml 'micro_loan'
    inputs: income_month (number), months_employed (number), late_payments (number), residence (string)
    outputs: score (number), first_reason (string), second_reason (string)

$ puhui model score mine/pd.pmml --input '{"income_month": 2500, "late_payments": 1}'
  {
    "score": 490,
    "first_reason": "income_low",
    "second_reason": "paid_late"
  }
  reasons: income_low, paid_late, employment_short, residence

$ sed -i 's/<score>700</<score>701</' mine/pd.pmml; puhui model check mine/pd.pmml
  puhui model check: invalid
    mine/pd.pmml: ModelVerification, record 1, field 'score': expected '701', got '700'
  See puhui model check --help
? 2

$ puhui policy check mine/policy.dmn
  puhui policy check: invalid
    pd.pmml: ModelVerification, record 1, field 'score': expected '701', got '700'
    element scorecard_logic, line 16, column 5: expected a registered model, came 'micro_loan' of 'pd.pmml': register it first
  See puhui policy check --help
? 2

# Hostile files.
$ printf '<!DOCTYPE x [<!ENTITY a "aa">]><definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="&a;"/>' > x.dmn; puhui policy check x.dmn
  puhui policy check: invalid
    expected no document type declaration: entities are refused
  See puhui policy check --help
? 2

$ sed 's/Scorecard(income_month/Scorecard(nobody/' policies/examples/micro_loan/policy.dmn > mine/policy.dmn; cp policies/examples/micro_loan/pd.pmml mine/; puhui policy check mine/policy.dmn
  puhui policy check: invalid
    element score_expression, line 34, column 62: expected a known name, came 'nobody'
  See puhui policy check --help
? 2

$ puhui policy check nowhere.dmn
  puhui policy check: not_found
    nowhere.dmn: could not open it for reading: No such file or directory
? 3

$ ls
  bad.csv
  limit.csv
  limit.xlsx
  mine
  past.csv
  policies
  x.dmn

# A model from another tool is brought into the store and taken out again.
$ puhui model add policies/examples/micro_loan/pd.pmml; puhui model show b023b6a588dc9972102d189482ff97bc8e009bc08fe42d18b93278d7c7417f7b | head -2; puhui model export b023b6a588dc9972102d189482ff97bc8e009bc08fe42d18b93278d7c7417f7b out.pmml; cmp out.pmml policies/examples/micro_loan/pd.pmml && echo the same bytes
  model [..]
    pmml 'micro_loan'
    inputs: income_month (number), months_employed (number), late_payments (number), residence (string)
    outputs: score (number), first_reason (string), second_reason (string)
  model [..]
    pmml 'micro_loan'
  out.pmml written: 4,802 bytes
  the same bytes
