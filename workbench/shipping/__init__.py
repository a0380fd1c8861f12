"""The warehouse's desk: what is to be shipped, promised, delayed or asked of a carrier.

queues → orders (list, page) → worklist, which adds one_by_one, exporting and delaying (helped by selection, packing).
sending hands one order or parcel to a carrier.
importing (files from the ERP), reports (delays), promises (parcels owed) and carrier_claims are lists of their own.
saving is what an agent does for a buyer before shipping; urges interrupt every page; filters are the list's.
"""
