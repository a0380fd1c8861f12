"""Quality refunds: which count, the figures of thirty days, and what bad figures bring (P6, P7).

counting (which refunds) → figures (day by day) with rollup → restrictions (the steps), recovery (their end), stars.
recompute does it once more from the history; checks compares.
"""
