"""A reference model of the rules, and histories in which the real API is held against it (docs/adr/0068, 0079).

numbers (of each marketplace) → world (what there is, and what is due) → moves, aftermath (what may be asked before and
after money has moved, and what comes of it) → writing (a history from a seed) → furnishing (its store) → playing (by
real threads on PostgreSQL) → serial (an order that explains the answers) → shrinking (the shortest history that still
fails). The first four know the rulebook and no code of ours. guards: what is taken out to see that the model notices.
"""
