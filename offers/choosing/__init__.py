"""Which offer, at which amount: what buyers are believed to accept, and what that keeps (docs/adr/0082).

ladder (shares of the price and price bands) → acceptance (what answers teach) → choice (what keeps most, what is tried
out, how likely) → words (why, for people). estimate tells from the log what another choice would have kept;
reading finds that log.
"""
