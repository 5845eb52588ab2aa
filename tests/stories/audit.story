# Why was this person refused? Found, shown, taken again, reviewed, explained, proved.
$ puhui lending simulate --rows 1000 --seed 3 --out people.csv --quiet > /dev/null; puhui lending replay --applications people.csv --mapping policies/person_revolving/mapping.json --quiet > /dev/null; puhui evidence verify --quiet
  The chain is whole: 272 records, 0 of them with facts erased by retention.

$ puhui decision find --outcome refuse --limit 1 --json --quiet > found.json; grep -o '"behind":[0-9]*' found.json; grep -o '"outcome":"[a-z]*"' found.json; grep -o '"id":"[0-9a-f-]*"' found.json | cut -d'"' -f4 > id; grep -o '"entity":"[0-9a-f-]*"' found.json | cut -d'"' -f4 > entity; wc -l < id
  "behind":0
  "outcome":"refuse"
  1

# The filters together leave what each of them alone leaves.
$ puhui decision find --outcome approve --quiet | tail -1; puhui decision find --outcome refuse --quiet | tail -1; puhui decision find --use_case lending.approval --quiet | tail -1 | cut -d';' -f1; puhui decision find --outcome approve --reason pd_above_appetite --quiet
  [..] of [..] decisions[..]
  [..] of [..] decisions[..]
  50 of 271 decisions
  0 of 0 decisions

# The page is what is read out to the person.
$ puhui decision show $(cat id) --quiet | head -1
  On [..] (UTC) this was decided: refused. It was decided automatically. The reasons, the most important first: (1) [..]
$ puhui decision show $(cat id) --language zh --quiet | head -1
  本次申请于[..]（UTC）作出决定：未通过。该决定由系统自动作出。主要原因依次为：（1）[..]
$ puhui decision replay $(cat id) --quiet
  Taken again, it gave the same bytes.

# Every decision again, one by one and many at once, on one thread and on two: one digest.
$ for t in 1 2; do for b in 1 256; do puhui audit replay --threads $t --batch $b --json --quiet; done; done | sort | uniq -c | sed 's/^ *//; s/,"erased.*//'
  4 {"decisions":271,"replayed":271,"identical":271,"different":0

# A person looks again: an act in the chain; the judgement stays.
$ puhui decision review --id $(cat id) --verdict change --outcome refuse --why "the same" --quiet
  puhui decision review: invalid
    --outcome: expected another than the decision's own 'refuse'
  See puhui decision review --help
? 2
$ puhui decision review --id $(cat id) --verdict escalate --why "I may not decide this alone" --quiet
  Review 1 of decision [..] by cli: escalate
$ puhui review list --open --quiet
  [..]  escalate  OPEN  by cli on [..]: I may not decide this alone
  1 reviews, 0 requests that wait

# Rights of the subject, each with its day.
$ puhui subject explain $(cat id) --language en --quiet | sed -n '1p;5p'
  Dear customer,
  The decision was made automatically, by rules and models that people had signed beforehand.
$ puhui subject request --entity $(cat entity) --kind erasure --law gdpr --words "forget me" --json --quiet > request.json; grep -o '"due_at":"[0-9-]*' request.json | wc -l; grep -o '"id":"[0-9a-f-]*"' request.json | head -1 | cut -d'"' -f4 > request
  1
$ puhui subject answer --request $(cat request) --answer granted --words "erased" --quiet
  [..]  erasure of [..]  granted on [..] by cli
$ puhui decision replay $(cat id) --quiet; puhui evidence verify --quiet
  It cannot be taken again: its facts are erased.
  The chain is whole: [..] records, 1 of them with facts erased by retention.

# The night, and what it is worth to a supervisor.
$ puhui audit night --sample 50 --quiet
  [..]  good  [..] records, chain whole; [..] decisions taken again ([..] declines of tier 1, [..] drawn), 0 different
$ puhui pack make jrt_0221 lending.approval/person_revolving --format markdown --quiet | sed -n '1p;/建模操作者/p'
  # 人工智能算法金融应用评价（JR/T 0221—2021）
  | 6.4.2 | 建模操作者 | **缺失** |

# A record changed behind the bank's back is found by the next night, and by whoever asks about it.
% puhui-store UPDATE evidence_record SET facts = (SELECT facts FROM evidence_record WHERE sequence = 9) WHERE sequence = 8

$ puhui audit night --sample 0 --quiet | head -1 | grep -o 'NOT GOOD\|its facts differ from those it was decided on'
  NOT GOOD
  its facts differ from those it was decided on
$ puhui decision export --outcome refuse --out refused.csv --quiet; head -1 refused.csv
  refused.csv written: [..] decisions, [..] bytes, SHA-256 [..]
  id,at,use_case,outcome,entity,reasons,human,caller,permit,probability
