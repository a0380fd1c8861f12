"""Money kept and lost, as the desk shows it (Q18, K12)."""
