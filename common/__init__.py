"""What every room needs and no room owns: clock, money, tenancy, events, idempotency, the API's base."""
