"""The warehouse's station: one page for a scanner and a phone.

`scanned` reads what comes back under a number, `deciding` has the two answers to it, `page` shows both, and `handled`
counts. `photos` takes photographs. A parcel that nobody announced is put aside (`aside`); `parcels` lists such
(`queues`) and has their page.
"""
