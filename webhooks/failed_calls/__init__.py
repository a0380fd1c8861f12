"""Calls of stores' programs that were answered with an error, for the owners who look for what is wrong.

middleware (sees each answer) → kinds (what is kept of it: no body, no value, nobody's data) → counting (on the hint
server, so that no call costs a statement) → keeping (what was counted, written down by a sweep).
"""
