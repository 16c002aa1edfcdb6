#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: an ordinary role that owns its database, and nothing else.
set -eu

psql --set=ON_ERROR_STOP=1 --set=password="$GATEHOUSE_PASSWORD" --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
CREATE ROLE gatehouse LOGIN PASSWORD :'password';
CREATE DATABASE gatehouse OWNER gatehouse;
REVOKE ALL ON DATABASE gatehouse FROM PUBLIC;
SQL
