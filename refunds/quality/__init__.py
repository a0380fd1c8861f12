"""Quality refunds: counting them, the figures of thirty days, and what bad figures bring (P6, P7)."""
