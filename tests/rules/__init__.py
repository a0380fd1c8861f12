"""Rules asked directly: no HTTP and no browser, and a database only where the rule is SQL. Each takes milliseconds."""
