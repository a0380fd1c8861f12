"""The desk's store: its settings, people, catalogue, coupons, and what is switched on."""
