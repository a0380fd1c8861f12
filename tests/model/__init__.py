"""A reference model of the rules, and histories in which the real API is held against it (docs/adr/0068).

numbers (of each marketplace) → world (what there is, and what is due) → moves (what may be asked, and what comes of it)
→ writing (a history from a seed) → playing (by real threads on PostgreSQL) → serial (an order that explains the
answers) → shrinking (the shortest history that still fails). The first three know the rulebook and no code of ours.
"""
