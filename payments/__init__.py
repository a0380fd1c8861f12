"""Money on its way to buyers: payments through gateways, booked twice in the ledger.

states → models → actions (reserve, ask, post or void) → settlement (a worker's batch) → gateways/ (one file each).
What comes back: inbox, reversals, reconciling, conflicts, gateway_errors; reported (paid elsewhere).
Limits: small with allowances and terms, payout_limits; budgets.
ledger books what has no payment. purposes: what payments are for.
"""
