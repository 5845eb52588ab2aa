#!/usr/bin/env bash
# Installs what packages.txt lists for the named purposes and this machine lacks. Says what it does, and does
# nothing (asks for no password, reads no network) when all of it is there.
#   cmake/setup.sh build test
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

wanted=()
for purpose in "$@"; do
  mapfile -t -O "${#wanted[@]}" wanted < <(awk -v purpose="$purpose" '$1 == purpose { print $2 ":" $3 }' "$here/packages.txt")
done
[ ${#wanted[@]} -gt 0 ] || { echo "setup.sh: expected purposes of packages.txt such as 'build test', came '$*'" >&2; exit 2; }

if ! command -v dpkg-query > /dev/null; then
  echo "setup.sh: expected a Debian 12 machine; on another, install what these are called there and go on: ${wanted[*]%%:*}" >&2
  exit 1
fi

missing=()
for entry in "${wanted[@]}"; do
  package=${entry%%:*} program=${entry#*:}
  [ -z "$program" ] || ! command -v "$program" > /dev/null || continue
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing from Debian what is missing here: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || {
    echo "setup.sh: expected root or sudo; as root, run: apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi

# The tests start a PostgreSQL of their own; the machine gets no cluster and no service from this install.
cluster_settings=/etc/postgresql-common/createcluster.conf
if [[ " ${missing[*]} " == *" postgresql-15 "* ]] && [ ! -e "$cluster_settings" ]; then
  "${as_root[@]}" mkdir -p "$(dirname "$cluster_settings")"
  echo "create_main_cluster = false" | "${as_root[@]}" tee "$cluster_settings" > /dev/null
fi

quiet=(env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1)
"${as_root[@]}" "${quiet[@]}" apt-get update -q
"${as_root[@]}" "${quiet[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
