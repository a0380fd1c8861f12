"""When the platform's person decides, and what both sides show before.

disputes (either side asks) and appeals (the merchant asks back what went out at once) → evidence of both sides.
suggestions: the advice in a dispute, computed from what is on record. checks: what must hold of all that.
It calls the actions of the hall; of the hall only arrivals (a split) and receivers (a withdrawal) call it.
"""
