"""A merchant's file as rows of text, or the reason why not: plain Python, run in a process of its own (`__main__`).

limits, faults and telling (how far it is). text (what people write into cells) → delimited (csv); workbook (parts of
an xlsx, formats) → grid (its one sheet; plain rows by patterns) → table (the header, its columns, the rows below).
Nothing here knows Django, languages or the database.
"""
