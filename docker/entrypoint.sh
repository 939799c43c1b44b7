#!/bin/sh
# What a container of this image does: `serve` (the default), `seed`, or any other flask command.
# The last command takes this shell's place, so that signals reach it and its exit status counts.
set -eu
cd "$(dirname "$0")/.."

# As parts, a password may hold any character; in a URL it has to be escaped.
if [ -z "${DATABASE_URL:-}" ] && [ -n "${MYSQL_HOST:-}" ]; then
    DATABASE_URL=$(python -m docker.database_url)
    export DATABASE_URL
fi

if [ "${1:-}" = seed ]; then
    shift
    python -m docker.wait_for_database
    python -m flask db upgrade
    set -- seed --if-empty "$@"
fi
exec python -m flask "${@:-serve}"
