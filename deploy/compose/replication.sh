#!/bin/sh
# Run once by the image of PostgreSQL when it makes the database: whom the standby comes in as.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set word="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE standby LOGIN REPLICATION PASSWORD :'word';
SELECT pg_create_physical_replication_slot('standby');
SQL
echo "host replication standby all scram-sha-256" >>"$PGDATA/pg_hba.conf"
