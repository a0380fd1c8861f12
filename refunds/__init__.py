"""Refunds: from the buyer's request to the money, with a deadline in every state.

states → models → opening (a request; at_once answers some; bulk: many) → actions (approve, reject, pay …; deciding: of
many) → sweeps (deadlines). windows: until when one may ask. Goods: goods, parcels, returns with numbers, arrivals,
exchanges, following, undelivered and promised (what parcels bring), carrier_claims. Yuan: holds, payouts (declined
money). Words: messages, pleas. Connected shops: marketplace and fitting (the refund is what it says), handing_over
(decisions sent there), objections (its reasons to refuse), proposing (another request). platform/ decides disputes and
appeals; programme and returnless/ are refund without return; unclaimed/ are parcels that nobody announced;
quality/ counts faults; team/ is who sees to a refund, and what colleagues note.
"""
