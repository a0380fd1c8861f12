"""Refunds: from the buyer's request to the money, with a deadline in every state.

states → models → opening (a request; at_once answers some) → actions (approve, reject, pay …) → sweeps (deadlines).
Goods: goods, returns, arrivals, exchanges, following (what parcels bring), carrier_claims. Yuan: holds,
payouts (declined money).
platform/ decides disputes and appeals; programme and returnless/ are refund without return; quality/ counts faults.
"""
