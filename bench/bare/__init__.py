"""What one would write in an afternoon: refunds in plain Django and DRF, without keys, tenants, ledger or gateway."""
