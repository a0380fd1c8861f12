"""Money on its way to buyers: payments through gateways, booked twice in the ledger."""
