"""The round trip with a merchant's ERP: what is to be shipped goes out, tracking numbers come back (K2).

Out: export. In: reading (a file as rows, by sheets/ in a process of its own) → checking (what is wrong with them; parts
tells of orders in several parcels) → imports (a job; receiving has a worker make it) → running (it ships; prints tell
whether it is what was shown). cells are written so that no spreadsheet runs them; workbooks writes an xlsx row by row.
"""
