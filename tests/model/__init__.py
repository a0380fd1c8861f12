"""A reference model of the rules, and histories in which the real API is held against it (docs/adr/0068, 0079, 0107).

numbers (of each marketplace), things (what there is), world (what is left, and what is due), granting (what a yes
does), moves (whether an answer fits), then a file of moves per room: orders, refunds, returns, offers, money, platform,
many (bulk), figures. All these know the rulebook and no code of ours.

writing, wishing (a history from a seed) → furnishing (its store) → playing (by real threads on PostgreSQL: calling,
looking) → serial (an order that explains the answers) → shrinking (the shortest history that still fails) → keeping.
guards: what is taken out to see that the model notices; situations: the history in which each of them matters
(docs/adr/0108). kept/: histories that failed once.
"""
