# What is known of a customer at the moment of a payment: declared once, computed online and offline, held against somebody's table.
$ printf '{"name": "tiny", "event": "payment", "lateness": "1h", "fields": [{"name": "customer", "type": "key", "required": true, "personal": true}, {"name": "terminal", "type": "key"}, {"name": "amount", "type": "number", "places": 2, "required": true}, {"name": "sex", "type": "text", "sealed": true}], "features": [{"name": "count_1h", "aggregate": "count", "entity": "customer", "window": "1h", "exact": true}, {"name": "mean_1h", "aggregate": "mean", "entity": "customer", "of": "amount", "window": "1h", "exact": true}, {"name": "risk_1d", "aggregate": "risk", "entity": "terminal", "window": "1d", "exact": true, "empty": "0"}, {"name": "large", "aggregate": "expression", "expression": "if amount > 2 * mean_1h then 1 else 0"}]}' > tiny.json
$ printf '{"id": "no", "time": {"column": "minute", "unit": "minute", "origin": "2024-02-29T00:00:00Z"}, "fields": [{"field": "customer", "column": "who"}, {"field": "terminal", "column": "where"}, {"field": "amount", "column": "fen", "multiplier": "0.01"}], "label": {"column": "fraud", "bad": "1", "good": "0", "delay": "30m"}, "oracle": {"id": "no", "digits": 10, "columns": [{"feature": "count_1h", "column": "n"}, {"feature": "mean_1h", "column": "mean"}, {"feature": "risk_1d", "column": "risk"}]}}' > tiny.mapping.json
$ printf 'no,minute,who,where,fen,fraud\n1,0,ann,t1,1000,1\n2,20,ann,t1,2000,0\n3,40,bob,t1,500,0\n4,61,ann,t2,4000,\n5,62,ann,t1,300,0\n' > payments.csv
$ printf 'no,n,mean,risk\n2,2,15,0\n3,1,5,0.3333333333\n4,2,30,0\n5,3,21,0.25\n' > oracle.csv

# The rows of the oracle against the engine; the engine against the batch on every event, also after a restore.
$ puhui features check --set tiny.json --events payments.csv --against oracle.csv --quiet
  tiny: 4 of 4 rows compared, 3 columns
    count_1h  0 unequal, worst difference 0
    mean_1h  0 unequal, worst difference 0
    risk_1d  0 unequal, worst difference [..]
  5 events, 0 late: online = offline, 20 values bit-equal[..]

# What differs is named, and the command fails.
$ sed 's/^3,1,5,/3,2,5.1,/' oracle.csv > wrong.csv; puhui features check --set tiny.json --events payments.csv --against wrong.csv --quiet
  puhui features check: conflict
    n: 1 of 4 rows are beyond the tolerance of count_1h, by at most 1
    mean: 1 of 4 rows are beyond the tolerance of mean_1h, by at most [..]
    id 3: count_1h: ours 1, the oracle's 2
    id 3: mean_1h: ours 5, the oracle's 5.1
? 5

# The training table: each row as it was known when the payment came, its label beside it.
$ puhui features table --set tiny.json --events payments.csv --out table.csv --quiet; cat table.csv
  5 rows of 11 columns written to table.csv; 4 labelled, 1 of them bad; 0 late
  event,at,customer,terminal,amount,count_1h,mean_1h,risk_1d,large,label,label_at
  1,2024-02-29T00:00:00.000000Z,ann,t1,10,1,10,0,0,1,2024-02-29T00:30:00.000000Z
  2,2024-02-29T00:20:00.000000Z,ann,t1,20,2,15,0,0,0,2024-02-29T00:50:00.000000Z
  3,2024-02-29T00:40:00.000000Z,bob,t1,5,1,5,0.333333333333,0,0,2024-02-29T01:10:00.000000Z
  4,2024-02-29T01:01:00.000000Z,ann,t2,40,2,30,0,0,,
  5,2024-02-29T01:02:00.000000Z,ann,t1,3,3,21,0.25,0,0,2024-02-29T01:32:00.000000Z

# A bad row gives nothing to act on, unless it is to be counted and passed over.
$ printf '6,soon,ann,t1,5,0\n7,70,ann,t1,7.123,0\n8,80,,t1,1,0\n' >> payments.csv; puhui features table --set tiny.json --events payments.csv --out none.csv --quiet; ls none.csv 2> /dev/null
  puhui features table: invalid
    payments.csv: row 6 (line 7), minute: expected whole microseconds as a number of the mapping's unit, came 'soon'
    payments.csv: row 7 (line 8), amount: expected a number with at most 2 decimals, came '0.07123'
    payments.csv: row 8 (line 9), customer: is required, came nothing
    payments.csv: 3 bad rows: correct them, or skip bad rows
  See puhui features table --help
? 2
$ puhui features table --set tiny.json --events payments.csv --out some.csv --skip_bad_rows --json --quiet
  {"out":"some.csv","rows":5,"labelled":4,"bad":1,"late":0,"columns":11,"skipped":3}

# A sealed field is read by nothing.
$ sed 's/"of": "amount"/"of": "sex"/' tiny.json > sealed.json; puhui features table --set sealed.json --mapping tiny.mapping.json --events payments.csv --out none.csv --quiet
  puhui features table: invalid
    [..]sealed[..]
  See puhui features table --help
? 2

# The streams of a bank that has none yet.
$ puhui features list --quiet
  No stream yet: grant a scheme that declares features.
$ puhui features show cards --quiet
  puhui features show: not_found
    [..]there is no stream 'cards'; `features list` names them
? 3
