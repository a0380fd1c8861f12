"""Offers: what a merchant proposes instead of the refund as asked, and the buyer's answer."""
