"""Money kept: what retention saves and what lost orders cost, rolled up by day (Q18, K12)."""
