"""What a store has done by itself: rules in order of priority, tried on the past, published, proved on some held out.

states, definition (what a rule says: one schema), wording (in words, and what a change made another) and templates (the
usual ones) → models → facts (what rules look at), acts (the house's actions, as rules take them) → running (one refund,
one ruling) → sweeps. actions: what owners do to rules. trying: a dry run against the last 90 days. proof: what acting
kept, beside what holding out did.
"""
