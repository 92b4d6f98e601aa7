-- Creates the database and its roles (docs/deploying.md). Run it once with psql, as a superuser, on a
-- new server. The environment holds the passwords.
\set ON_ERROR_STOP on
\getenv owner OWNER_PASSWORD
\getenv app APP_PASSWORD
\getenv auth AUTH_PASSWORD

CREATE ROLE surelist_owner LOGIN PASSWORD :'owner';
CREATE ROLE surelist_app LOGIN PASSWORD :'app' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE surelist_auth LOGIN PASSWORD :'auth' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
ALTER ROLE surelist_auth SET search_path = auth;

CREATE DATABASE surelist OWNER surelist_owner;
REVOKE ALL ON DATABASE surelist FROM PUBLIC;
GRANT CONNECT ON DATABASE surelist TO surelist_app, surelist_auth;

\connect surelist
CREATE SCHEMA auth AUTHORIZATION surelist_auth;
