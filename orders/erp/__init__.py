"""The round trip with a merchant's ERP: what is to be shipped goes out, tracking numbers come back (K2).

Out: export. In: reading (a file as rows) → checking (what is wrong with them) → imports (a job) → running (it ships).
cells are written and read so that no spreadsheet runs them.
"""
