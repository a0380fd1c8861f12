"""PostgreSQL and Valkey out of wheels: started, stopped, found again."""
