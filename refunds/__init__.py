"""Refunds: from the buyer's request to the money, with a deadline in every state."""
