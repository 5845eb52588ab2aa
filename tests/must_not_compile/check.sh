#!/usr/bin/env bash
# check.sh SNIPPET MESSAGE COMPILER...: the snippet compiles; with -DMUST_NOT_COMPILE it does not, and says MESSAGE.
set -u
snippet=$1 message=$2
shift 2
if ! said=$("$@" -Werror=unused-result "$snippet" 2>&1); then
  echo "expected the control (without MUST_NOT_COMPILE) to compile, came:"
  echo "$said"
  exit 1
fi
if said=$("$@" -Werror=unused-result -DMUST_NOT_COMPILE "$snippet" 2>&1); then
  echo "expected a compile error matching '$message', but it compiles: the type no longer guards this"
  exit 1
fi
if ! grep -qE "$message" <<< "$said"; then
  echo "expected a compile error matching '$message', came another:"
  echo "$said"
  exit 1
fi
