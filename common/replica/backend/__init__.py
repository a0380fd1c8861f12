"""Django's backend for PostgreSQL, for a server that is given up when it says nothing (base)."""
