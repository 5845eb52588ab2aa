# People at a browser: the first admin, a sign-in, what a session may, a forged write, a lock, a shut door.
$ puhui user add --name wang --roles risk_officer
  puhui user add: invalid
    --roles: expected the role admin, because the first user lets in all others
  See puhui user add --help
? 2

$ puhui user add --name anna --roles admin --json --quiet | grep -o '"one_time_password":"[^"]*"' | cut -d'"' -f4 > once; wc -c < once
  24

$ puhui user add --name ANNA --roles service
  puhui user add: conflict
    --name: 'anna' is a user already; choose another name
? 5

$ puhui user add --name bo --display-name "<script>alert('bo')</script>" --roles policy_writer --roles risk_officer
  puhui user add: invalid
    roles/1: 'risk_officer' and 'policy_writer' must be different people: one who makes, checks, audits or gives access does only that
  See puhui user add --help
? 2

$ puhui user add --name bo --display-name "<script>alert('bo')</script>" --roles policy_writer --json --quiet | grep -o '"one_time_password":"[^"]*"' | cut -d'"' -f4 > bo; wc -c < bo
  24

$ puhui key add --name anna --permissions '*'
  puhui key add: conflict
    --name: 'anna' is a user who signs in; a key needs a name of its own
? 5

& serve

# With a user there, nobody calls without saying who they are.
> GET /v1/user/list
  401 application/problem+json
  {
    "type": "urn:puhui:problem:unauthenticated",
    "title": "A key or a session is needed",
    "status": 401,
    "detail": "Authorization: expected 'Bearer KEY' or the cookie of a session, came neither; sign in",
    "instance": "[..]",
    "faults": [
      {
        "where": "Authorization",
        "message": "expected 'Bearer KEY' or the cookie of a session, came neither; sign in"
      }
    ]
  }

> POST /session
> Origin: http://127.0.0.1
> {"name": "anna", "password": "not the password"}
  401 application/problem+json
  {
    "type": "urn:puhui:problem:unauthenticated",
    "title": "A key or a session is needed",
    "status": 401,
    "detail": "name or password is wrong",
    "instance": "[..]",
    "faults": [
      {
        "where": "",
        "message": "name or password is wrong"
      }
    ]
  }

> POST /session
> Origin: http://elsewhere.example
> {"name": "anna", "password": "$(cat once)"}
  403 application/problem+json
  {
    "type": "urn:puhui:problem:forbidden",
    "title": "This is not allowed",
    "status": 403,
    "detail": "Origin: expected a write from this bank's own page, came one of another origin",
    "instance": "[..]",
    "faults": [
      {
        "where": "Origin",
        "message": "expected a write from this bank's own page, came one of another origin"
      }
    ]
  }

> POST /session
> Origin: http://127.0.0.1
> {"name": "anna", "password": "$(cat once)"}
  200 application/json
  {
    "name": "anna",
    "display_name": "anna",
    "roles": [
      "admin"
    ],
    "permissions": [
      "user.password"
    ],
    "csrf": "[..]",
    "expires_at": "[..]",
    "must_change_password": true,
    "has_key": false
  }

$ cp .cookie anna.cookie; grep -o '"csrf":"[^"]*"' .answer | cut -d'"' -f4 > anna.csrf; cut -d= -f1 anna.cookie
  puhui_session

> GET /v1/user/list
> Cookie: $(cat anna.cookie)
  403 application/problem+json
  {
    "type": "urn:puhui:problem:forbidden",
    "title": "This is not allowed",
    "status": 403,
    "detail": "who is signed in has no permission 'user.list'",
    "instance": "[..]",
    "faults": [
      {
        "where": "",
        "message": "who is signed in has no permission 'user.list'"
      }
    ]
  }

> POST /v1/user/password
> Cookie: $(cat anna.cookie)
> Origin: http://127.0.0.1
> {"old_password": "$(cat once)", "new_password": "three sparrows on a wire"}
  403 application/problem+json
  {
    "type": "urn:puhui:problem:forbidden",
    "title": "This is not allowed",
    "status": 403,
    "detail": "X-Puhui-Csrf: expected the csrf that this session was opened with (GET /session says it), came none",
    "instance": "[..]",
    "faults": [
      {
        "where": "X-Puhui-Csrf",
        "message": "expected the csrf that this session was opened with (GET /session says it), came none"
      }
    ]
  }

> POST /v1/user/password
> Cookie: $(cat anna.cookie)
> Origin: http://127.0.0.1
> X-Puhui-Csrf: $(cat anna.csrf)
> {"old_password": "$(cat once)", "new_password": "three sparrows on a wire"}
  200 application/json
  {
    "name": "anna",
    "sessions_ended": 0
  }

> GET /v1/user/list?role=policy_writer
> Cookie: $(cat anna.cookie)
  200 application/json
  {
    "users": [
      {
        "name": "bo",
        "display_name": "<script>alert('bo')</script>",
        "roles": [
          "policy_writer"
        ],
        "disabled": false,
        "must_change_password": true,
        "has_key": false,
        "may_approve": false,
        "made_at": "[..]"
      }
    ],
    "at": "[..]"
  }

# Script in a name is data, all the way.
> POST /session
> Origin: http://127.0.0.1
> {"name": "bo", "password": "$(cat bo)"}
  200 application/json
  {
    "name": "bo",
    "display_name": "<script>alert('bo')</script>",
    "roles": [
      "policy_writer"
    ],
    "permissions": [
      "user.password"
    ],
    "csrf": "[..]",
    "expires_at": "[..]",
    "must_change_password": true,
    "has_key": false
  }

$ cp .cookie bo.cookie

> GET /session
> Cookie: $(cat bo.cookie)
  200 application/json
  {
    "name": "bo",
    "display_name": "<script>alert('bo')</script>",
    "roles": [
      "policy_writer"
    ],
    "permissions": [
      "user.password"
    ],
    "csrf": "[..]",
    "expires_at": "[..]",
    "must_change_password": true,
    "has_key": false
  }

> POST /v1/user/change
> Cookie: $(cat anna.cookie)
> Origin: http://127.0.0.1
> X-Puhui-Csrf: $(cat anna.csrf)
> {"name": "bo", "disabled": true}
  200 application/json
  {
    "name": "bo",
    "display_name": "<script>alert('bo')</script>",
    "roles": [
      "policy_writer"
    ],
    "disabled": true,
    "must_change_password": true,
    "has_key": false,
    "may_approve": false,
    "made_at": "[..]",
    "signed_in_at": "[..]"
  }

> GET /session
> Cookie: $(cat bo.cookie)
  401 application/problem+json
  {
    "type": "urn:puhui:problem:session_expired",
    "title": "The session has ended",
    "status": 401,
    "detail": "this session has ended; sign in again",
    "instance": "[..]",
    "faults": [
      {
        "where": "",
        "message": "this session has ended; sign in again"
      }
    ]
  }

> POST /v1/user/change
> Cookie: $(cat anna.cookie)
> Origin: http://127.0.0.1
> X-Puhui-Csrf: $(cat anna.csrf)
> {"name": "anna", "disabled": true}
  403 application/problem+json
  {
    "type": "urn:puhui:problem:forbidden",
    "title": "This is not allowed",
    "status": 403,
    "detail": "name: nobody changes the own roles or shuts the own door; ask another admin",
    "instance": "[..]",
    "faults": [
      {
        "where": "name",
        "message": "nobody changes the own roles or shuts the own door; ask another admin"
      }
    ]
  }

# A long verb goes on by itself.
> POST /v1/user/list
> Cookie: $(cat anna.cookie)
> Origin: http://127.0.0.1
> X-Puhui-Csrf: $(cat anna.csrf)
> Prefer: respond-async
> {}
  202 application/json
  {
    "job": "[..]"
  }

> DELETE /session
> Cookie: $(cat anna.cookie)
> Origin: http://127.0.0.1
> X-Puhui-Csrf: $(cat anna.csrf)
  204 no type

> GET /session
> Cookie: $(cat anna.cookie)
  401 application/problem+json
  {
    "type": "urn:puhui:problem:session_expired",
    "title": "The session has ended",
    "status": 401,
    "detail": "this session has ended; sign in again",
    "instance": "[..]",
    "faults": [
      {
        "where": "",
        "message": "this session has ended; sign in again"
      }
    ]
  }

& stop
  Puhui is open at http://[..]/   (people sign in; stop it with Ctrl-C)
  Stopped by SIGTERM: every request was answered.

# Every step is in the evidence, the refused question too, and no password.
$ puhui evidence verify --json --quiet | grep -o '"records":[0-9]*'
  "records":9

$ cat puhui-store/puhui.db* | grep -a -c -e 'three sparrows' -e "$(cat once)"
  0
? 1
