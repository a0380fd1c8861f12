"""The desk's page about quality refunds.

board (what it shows: rates, thresholds, restrictions) → admin (the page, and the list of stores).
"""
