"""Parcels that no refund announced (P1, docs/adr/0081).

recording: what the warehouse holds, with photographs, until when somebody finds out whose it is; suggesting: whose it
may be, and why; matching: whose it is, by a person or by its number that was announced after all; ending: it is
nobody's.

A matched parcel moves no refund by itself: the refund has the number from then on, and what came back is inspected as
ever (`refunds.returns.inspect_return`). Locks: the order, the refund, the parcel.
"""
