"""When the platform's person decides, and what both sides show before.

cases (what both share) → disputes (either side asks), appeals (the merchant asks back what went out at once).
evidence: what both sides show; packs: a dispute as a file, made by a worker.
suggestions: the advice in a dispute, computed from what is on record. checks: what must hold of all that.
It calls the actions of refunds/ itself; of those arrivals (a split), receivers (a withdrawal) and fitting (a followed
dispute) call it.
"""
