"""Refunds at the desk: the queue, the page, the decisions and the negotiation.

queues → admin (list, views) → page (what one page needs), choices and decisions (the buttons; declined and
platform: two more each).
more_time asks a connected marketplace for it, proposing the buyer there for another request.
retention (the panel) → negotiation and offer_form (sending an offer); bulk sends many, deciding approves or rejects
many (selection: which, weighing: what that would bring), offers lists them all.
team (who sees to it, notes; undoing takes it back), tags, presence (who looks), onward (the next one).
arrivals, programme and thread are cards of the page; customers is the page of one buyer.
"""
