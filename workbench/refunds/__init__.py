"""Refunds at the desk: the queue, the page, the decisions and the negotiation."""
