"""Another store's rows over every door: tables, API, desk, addresses."""
