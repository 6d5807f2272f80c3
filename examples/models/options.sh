# SPDX-License-Identifier: Apache-2.0
# What the examples' train.sh have in common: their options, and the server they say. Sourced, not run.

kinglet=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)/kinglet

fail() {
  printf '%s: %s\n' "$0" "$1" >&2
  exit 1
}

# Reads --rows N, --out FILE, --host URL and --data DIR into rows, out, KINGLET_HOST and KINGLET_TOKEN.
read_options() {
  local data=data
  while [ $# -gt 0 ]; do
    case "$1" in
      -h | --help) usage; exit 0 ;;
      --rows | --out | --host | --data) [ $# -gt 1 ] || fail "$1 needs a value" ;;
      *) usage >&2; fail "there is no option $1" ;;
    esac
    case "$1" in
      --rows) rows=$2 ;;
      --out) out=$2 ;;
      --host) export KINGLET_HOST=$2 ;;
      --data) data=$2; unset KINGLET_TOKEN ;;
    esac
    shift 2
  done
  case "$rows" in '' | *[!0-9]*) fail "--rows needs a number, not '$rows'" ;; esac
  if [ -z "${KINGLET_TOKEN:-}" ]; then
    [ -r "$data/admin-token" ] ||
      fail "no server was started with the data directory '$data': say --data DIR, or set KINGLET_TOKEN"
    KINGLET_TOKEN=$(cat "$data/admin-token")
    export KINGLET_TOKEN
  fi
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
}

# Builds a training set of a feature service, under a name with the time, and writes it to $work.
#   training_set SERVICE MODE "SELECT ..."
training_set() {
  local name
  name=$1_$(date -u +%Y%m%d_%H%M%S)
  "$kinglet" training-set create "$name" --service "$1" --mode "$2" --time asked_at --sql "$3"
  "$kinglet" training-set get "$name" -o "$work/$1.ndjson"
}
