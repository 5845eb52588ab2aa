# The HTTP door: what it offers, who may knock, and what it says to a request that is wrong.
$ for who in chen wang li; do puhui person add --name $who --key-file $who.key --may-approve > /dev/null; done; puhui lending simulate --rows 3000 --seed 11 --out history.csv > /dev/null; puhui lending train --applications history.csv --mapping policies/person_revolving/mapping.json --model scorecard --json --quiet | cut -d'"' -f4 > model; wc -c < model
  65

$ puhui lending propose --folder policies/person_revolving --model $(cat model) --author chen --out permit.json > /dev/null; for who in wang li; do puhui permit sign --permit permit.json --person $who --key-file $who.key > /dev/null; done; puhui permit grant --file permit.json > /dev/null; puhui permit list --json | grep -o '"signed_by":\[[^]]*\]'
  "signed_by":["wang","li"]

$ puhui key add --name partner --permissions lending.apply --json | grep -o '"secret":"[^"]*"' | cut -d'"' -f4 > partner; puhui key add --name auditor --permissions 'evidence.*' --json | grep -o '"secret":"[^"]*"' | cut -d'"' -f4 > auditor; puhui key add --name clerk --permissions evidence.show --json | grep -o '"secret":"[^"]*"' | cut -d'"' -f4 > clerk; wc -l < partner
  1

# Secrets are shown once; the file has only their digests.
$ grep -c -f partner puhui-store/keys.json
  0
? 1

& serve

# One program writes a store.
$ puhui evidence verify
  puhui evidence verify: unavailable
    ./puhui-store: expected to be the only writer, but [..] has this store open: stop it first, or open read-only
? 7

> GET /healthz
  200 text/plain
  ok

> GET /readyz
  200 text/plain
  ready

> GET /openapi.json
  200 application/json
  {
    "openapi": "3.1.0",
    "info": {
      "title": "Puhui",
      "version": "1",
      "description": "An AI-native bank engine: every automated judgement is one governed decision."
    },
    "paths": {
      "/v1/lending/apply": {
  [...]
      "/v1/lending/facts": {
  [...]
      "/v1/evidence/verify": {
  [...]
      "/v1/evidence/show": {
  [...]
      "/v1/evidence/replay": {
  [...]
      "/v1/evidence/erase": {
  [...]
      "/v1/person/list": {
  [...]
      "/v1/permit/submit": {
  [...]
      "/v1/permit/list": {
  [...]
    "security": [
      {
        "key": []
      }
    ]
  }

> POST /v1/lending/apply
> {}
  401 application/problem+json
  {
    "type": "urn:puhui:problem:unauthenticated",
    "title": "A key or a session is needed",
    "status": 401,
    "detail": "Authorization: expected 'Bearer KEY', came no key",
    "instance": "[..]",
    "faults": [
      {
        "where": "Authorization",
        "message": "expected 'Bearer KEY', came no key"
      }
    ]
  }

> POST /v1/lending/apply
> Authorization: Bearer not-a-key
> {}
  401 application/problem+json
  {
    "type": "urn:puhui:problem:unauthenticated",
    "title": "A key or a session is needed",
    "status": 401,
    "detail": "Authorization: this key is not known; have one minted",
    "instance": "[..]",
    "faults": [
      {
        "where": "Authorization",
        "message": "this key is not known; have one minted"
      }
    ]
  }

> GET /v1/evidence/verify
> Authorization: Bearer $(cat partner)
  403 application/problem+json
  {
    "type": "urn:puhui:problem:forbidden",
    "title": "This is not allowed",
    "status": 403,
    "detail": "this key has no permission 'evidence.verify'",
    "instance": "[..]",
    "faults": [
      {
        "where": "",
        "message": "this key has no permission 'evidence.verify'"
      }
    ]
  }

> GET /v1/evidence/verify
> Authorization: Bearer $(cat auditor)
  200 application/json
  {
    "whole": true,
    "records": 1,
    "facts_erased": 0
  }

> GET /v1/lending/nothing
> Authorization: Bearer $(cat partner)
  404 application/problem+json
  {
    "type": "urn:puhui:problem:not_found",
    "title": "There is no such thing",
    "status": 404,
    "detail": "nothing is served at this path; /openapi.json lists what is",
    "instance": "[..]",
    "faults": [
      {
        "where": "",
        "message": "nothing is served at this path; /openapi.json lists what is"
      }
    ]
  }

> GET /v1/lending/apply
> Authorization: Bearer $(cat partner)
  405 application/problem+json
  {
    "type": "urn:puhui:problem:method_not_allowed",
    "title": "This method is not served here",
    "status": 405,
    "detail": "method: expected one of POST, OPTIONS; this path changes its method",
    "instance": "[..]",
    "faults": [
      {
        "where": "method",
        "message": "expected one of POST, OPTIONS; this path changes its method"
      }
    ]
  }

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> {"product": "person_revolving", 
  400 application/problem+json
  {
    "type": "urn:puhui:problem:invalid",
    "title": "The request is not valid",
    "status": 400,
    "detail": "line 1, column 33: expected JSON: incomplete JSON",
    "instance": "[..]",
    "faults": [
      {
        "where": "line 1, column 33",
        "message": "expected JSON: incomplete JSON"
      }
    ]
  }

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> Idempotency-Key: app-0
> {"product": 7, "borower": "b-1", "facts": {}, "product": "x"}
  400 application/problem+json
  {
    "type": "urn:puhui:problem:invalid",
    "title": "The request is not valid",
    "status": 400,
    "detail": "line 1, column 61: expected JSON: the name 'product' stands twice in one object",
    "instance": "[..]",
    "faults": [
      {
        "where": "line 1, column 61",
        "message": "expected JSON: the name 'product' stands twice in one object"
      }
    ]
  }

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> Idempotency-Key: app-0
> {"product": 7, "borower": "b-1", "facts": {}}
  400 application/problem+json
  {
    "type": "urn:puhui:problem:invalid",
    "title": "The request is not valid",
    "status": 400,
    "detail": "product: expected a text, came a number; borrower: is required: your own name for the borrower; only its digest is kept; borower: is not a known field; did you mean 'borrower'?",
    "instance": "[..]",
    "faults": [
      {
        "where": "product",
        "message": "expected a text, came a number"
      },
      {
        "where": "borrower",
        "message": "is required: your own name for the borrower; only its digest is kept"
      },
      {
        "where": "borower",
        "message": "is not a known field; did you mean 'borrower'?"
      }
    ]
  }

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> Idempotency-Key: app-0
> {"product": "person_revolving", "borrower": "b-1", "facts": {"applied_on": "2026-02-30", "term_months": "twelve", "requested_amount_minor": 1e40, "of_legal_age": 1, "incme": 3}}
  400 application/problem+json
  {
    "type": "urn:puhui:problem:invalid",
    "title": "The request is not valid",
    "status": 400,
    "detail": "facts: incme: is not a fact of this use case; facts: applied_on: expected a day such as '2026-02-28', came '2026-02-30'; facts: requested_amount_minor: expected a number of at most 18 digits, came '1e40'; facts: term_months: expected a number, came a text; facts: of_legal_age: expected a boolean, came a number; facts: identity_verified: is required, came nothing; facts: on_watch_list: is required, came nothing; facts: enforcement_record: is required, came nothing; facts: has_credit_record: is required, came nothing",
    "instance": "[..]",
    "faults": [
      {
        "where": "facts: incme",
        "message": "is not a fact of this use case"
      },
      {
        "where": "facts: applied_on",
        "message": "expected a day such as '2026-02-28', came '2026-02-30'"
      },
      {
        "where": "facts: requested_amount_minor",
        "message": "expected a number of at most 18 digits, came '1e40'"
      },
      {
        "where": "facts: term_months",
        "message": "expected a number, came a text"
      },
      {
        "where": "facts: of_legal_age",
        "message": "expected a boolean, came a number"
      },
      {
        "where": "facts: identity_verified",
        "message": "is required, came nothing"
      },
      {
        "where": "facts: on_watch_list",
        "message": "is required, came nothing"
      },
      {
        "where": "facts: enforcement_record",
        "message": "is required, came nothing"
      },
      {
        "where": "facts: has_credit_record",
        "message": "is required, came nothing"
      }
    ]
  }

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> Idempotency-Key: app-0
> {"product": "person_term", "borrower": "b-1", "facts": {}}
  403 application/problem+json
  {
    "type": "urn:puhui:problem:forbidden",
    "title": "This is not allowed",
    "status": 403,
    "detail": "lending.approval/person_term: no permit is in force; propose one and have two people sign it",
    "instance": "[..]",
    "faults": [
      {
        "where": "lending.approval/person_term",
        "message": "no permit is in force; propose one and have two people sign it"
      }
    ]
  }

$ head -c 20000000 /dev/zero | tr '\0' ' ' > large; echo '"' >> large; sed -i '1s/^/{"a": "/' large; wc -c < large
  20000009

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> @large
  413 application/problem+json
  {
    "type": "urn:puhui:problem:too_large",
    "title": "The request is too large",
    "status": 413,
    "detail": "expected a body of at most 4194304 bytes",
    "instance": "[..]",
    "faults": [
      {
        "where": "",
        "message": "expected a body of at most 4194304 bytes"
      }
    ]
  }

# An application, the same once more, another one under its key.
$ echo '{"product": "person_revolving", "borrower": "b-1", "opened_on": "2026-03-02", "facts": {"applied_on": "2026-03-01", "channel": "branch", "purpose": "home", "requested_amount_minor": 500000, "term_months": 12, "of_legal_age": true, "identity_verified": true, "on_watch_list": false, "enforcement_record": false, "employment": "employed", "employment_months": 120, "residence": "owner", "income_month_minor": 1543210, "has_credit_record": true, "credit_record_months": 144, "credit_lines_open": 2, "credit_debt_minor": 300000, "credit_utilisation": 0.08, "debt_service_month_minor": 50000, "late_payments_12m": 0, "worst_days_late_24m": 0, "credit_enquiries_6m": 0, "account_months": 84, "account_balance_minor": 4000000, "account_inflow_month_minor": 1600000, "account_overdrafts_6m": 0, "sex": "female", "age": 41}}' > good.json; sed 's/"term_months": 12/"term_months": 24/' good.json > other.json; sed 's/"identity_verified": true/"identity_verified": false/' good.json > bad.json

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> Idempotency-Key: app-1
> @good.json
  200 application/json
  {
    "application": "app-1",
    "decision": "[..]",
    "outcome": "approve",
    "reasons": [],
    "contract": {
      "loan": "[..]",
      "product": "person_revolving",
      "principal": "5000.00 CNY",
      "rate": "0.[..]",
      "annual_irr": "0.[..]",
      "method": "free_repayment",
      "opened_on": "2026-03-02",
      "first_due": "2026-03-20",
      "schedule": [
        {
          "due": "2026-03-20",
  [...]
    }
  }

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> Idempotency-Key: app-1
> @good.json
  200 application/json
  {
    "application": "app-1",
    "decision": "[..]",
    "outcome": "approve",
    "reasons": [],
    "contract": {
      "loan": "[..]",
      "product": "person_revolving",
      "principal": "5000.00 CNY",
      "rate": "0.[..]",
      "annual_irr": "0.[..]",
      "method": "free_repayment",
      "opened_on": "2026-03-02",
      "first_due": "2026-03-20",
      "schedule": [
        {
          "due": "2026-03-20",
  [...]
    }
  }

# A clerk sees the decision with personal facts masked, the auditor sees them; sealed ones nobody does.
> GET /v1/evidence/show?id=$(grep -o '"decision":"[^"]*"' .answer | cut -d'"' -f4 | tee id)
> Authorization: Bearer $(cat clerk)
  200 application/json
  {
    "id": "[..]",
    "at": "[..]",
    "use_case": "lending.approval/person_revolving",
    "outcome": "approve",
    "reasons": [],
  [...]
        "name": "Income basis",
        "value": "****"
  [...]
        "name": "income_month_minor",
        "value": "****"
  [...]
        "name": "sex",
        "value": "sealed"
  [...]
        "name": "age",
        "value": "sealed"
  [...]

> GET /v1/evidence/show?id=$(cat id)
> Authorization: Bearer $(cat auditor)
  200 application/json
  {
    "id": "[..]",
    "at": "[..]",
    "use_case": "lending.approval/person_revolving",
    "outcome": "approve",
    "reasons": [],
  [...]
        "name": "Income basis",
        "value": "1543210"
  [...]
        "name": "income_month_minor",
        "value": "1543210"
  [...]
        "name": "sex",
        "value": "sealed"
  [...]
        "name": "age",
        "value": "sealed"
  [...]

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> Idempotency-Key: app-1
> @other.json
  409 application/problem+json
  {
    "type": "urn:puhui:problem:conflict",
    "title": "It contradicts what is stored",
    "status": 409,
    "detail": "application: this key stands for another request already; choose a new key for a new application",
    "instance": "[..]",
    "faults": [
      {
        "where": "application",
        "message": "this key stands for another request already; choose a new key for a new application"
      }
    ]
  }

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> Idempotency-Key: app-2
> @bad.json
  200 application/json
  {
    "application": "app-2",
    "decision": "[..]",
    "outcome": "refuse",
    "reasons": [
      {
        "code": "identity_not_verified",
        "en": "We could not confirm that your name, identity number and face belong together.",
        "zh": "我们未能核实您的姓名、身份证号码与人脸信息一致。"
      }
    ]
  }

> POST /v1/lending/apply
> Authorization: Bearer $(cat partner)
> @good.json
  400 application/problem+json
  {
    "type": "urn:puhui:problem:invalid",
    "title": "The request is not valid",
    "status": 400,
    "detail": "application: is required: your own key for this application; sent again, it answers as it did",
    "instance": "[..]",
    "faults": [
      {
        "where": "application",
        "message": "is required: your own key for this application; sent again, it answers as it did"
      }
    ]
  }

> GET /v1/evidence/verify
> Authorization: Bearer $(cat auditor)
  200 application/json
  {
    "whole": true,
    "records": 3,
    "facts_erased": 0
  }

> GET /v1/evidence/replay?sample=0
> Authorization: Bearer $(cat auditor)
  200 application/json
  {
    "decisions": 2,
    "replayed": 2,
    "identical": 2,
    "different": 0,
    "erased": 0
  }

> GET /metrics
> Authorization: Bearer $(cat auditor)
  200 text/plain; version=0.0.4
  [...]
  puhui_http_requests_total{route="/healthz",status="200"} 1
  puhui_http_requests_total{route="/readyz",status="200"} 1
  puhui_http_requests_total{route="/openapi.json",status="200"} 1
  puhui_http_requests_total{route="lending.apply",status="401"} 2
  puhui_http_requests_total{route="evidence.verify",status="403"} 1
  puhui_http_requests_total{route="evidence.verify",status="200"} 2
  puhui_http_requests_total{route="unknown",status="404"} 1
  puhui_http_requests_total{route="lending.apply",status="405"} 1
  puhui_http_requests_total{route="lending.apply",status="400"} 5
  puhui_http_requests_total{route="lending.apply",status="403"} 1
  puhui_http_requests_total{route="unknown",status="413"} 1
  puhui_http_requests_total{route="lending.apply",status="200"} 3
  puhui_http_requests_total{route="evidence.show",status="200"} 2
  puhui_http_requests_total{route="lending.apply",status="409"} 1
  puhui_http_requests_total{route="evidence.replay",status="200"} 1
  [...]
  puhui_decision_overhead_seconds_count 2
  [...]

& stop
  Puhui is open at http://[..]/   (API keys in force; stop it with Ctrl-C)
  Stopped by SIGTERM: every request was answered.

$ puhui evidence verify --quiet
  The chain is whole: 3 records, 0 of them with facts erased by retention.
