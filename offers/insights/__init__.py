"""Money kept: what retention saves and what lost orders cost, by day (Q18, K12).

loss and rates (what things cost) → sql (what offers come to) → rollup (kept by day) → reading (any range) → table.
rebuild makes the roll-ups anew, checks compares them with the rows; taking puts on record who took a table out.
"""
