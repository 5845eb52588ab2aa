#!/bin/sh
# A private PostgreSQL for tests and benches.
#   tests/postgres.sh start FOLDER   makes a server in FOLDER and prints its URL
#   tests/postgres.sh stop FOLDER    stops it and removes FOLDER
# It listens on a unix socket in FOLDER only: no port is taken, two of them never meet.
set -eu

usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -eq 2 ] || usage
action=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)

bin=${PUHUI_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
if [ ! -x "$bin/initdb" ]; then
  echo "expected PostgreSQL 15 in $bin: apt-get install postgresql-15, or set PUHUI_POSTGRES_BIN" >&2
  exit 1
fi

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@")
  else
    "$@"
  fi
}

case $action in
  start)
    data=$folder/data
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$folder"; fi
    chmod 755 "$folder"
    # A unix socket's path may have 107 bytes; a deep folder gets its socket in /tmp.
    socket=$folder
    if [ ${#folder} -gt 80 ]; then socket=$(mktemp -d /tmp/puhui-postgres.XXXXXX); chmod 755 "$socket"; fi
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$socket"; fi
    echo "$socket" > "$folder/socket"
    if [ ! -d "$data" ]; then
      as_owner "$bin/initdb" --pgdata="$data" --username=puhui --auth=trust --encoding=UTF8 --locale=C \
        > "$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
    fi
    as_owner "$bin/pg_ctl" --pgdata="$data" --log="$data/server.log" --wait --silent \
      --options="-c listen_addresses='' -c unix_socket_directories='$socket' -c max_connections=100" start \
      > /dev/null || { cat "$data/server.log" >&2; exit 1; }
    encoded=$(printf '%s' "$socket" | sed 's/%/%25/g; s/ /%20/g; s,/,%2F,g')
    echo "postgresql://puhui@$encoded/postgres"
    ;;
  stop)
    if [ -d "$folder/data" ]; then
      as_owner "$bin/pg_ctl" --pgdata="$folder/data" --mode=immediate --wait --silent stop || true
    fi
    socket=$(cat "$folder/socket" 2>/dev/null || echo "$folder")
    case $socket in /tmp/puhui-postgres.*) rm -rf "$socket" ;; esac
    rm -rf "$folder"
    ;;
  *) usage ;;
esac
