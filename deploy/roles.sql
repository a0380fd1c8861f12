-- The database and its two roles, once, as a superuser: psql --set owner_password=… --set app_password=… --file deploy/roles.sql
-- The owner migrates and restores; the application's role owns nothing (docs/adr/0024). Both are plain: no superuser, no BYPASSRLS.
CREATE ROLE wanliu LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'owner_password';
CREATE ROLE wanliu_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE wanliu OWNER wanliu TEMPLATE template0 ENCODING 'UTF8';
REVOKE CONNECT ON DATABASE wanliu FROM PUBLIC;
GRANT CONNECT ON DATABASE wanliu TO wanliu_app;
