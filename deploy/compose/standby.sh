#!/bin/sh
# The standby of PostgreSQL: at its first start a copy of the primary, which it follows from then on.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    until pg_basebackup --dbname "host=$PRIMARY user=standby" --pgdata "$PGDATA" \
        --write-recovery-conf --slot standby --checkpoint fast; do
        sleep 5
    done
    chmod 0700 "$PGDATA"
fi
exec postgres
