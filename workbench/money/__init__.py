"""The desk's money: payments, small payments and their limits, reconciliations."""
