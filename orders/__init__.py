"""Orders, their lines, and their way to the buyer.

states → models → actions (placed, shipped, delivered; bulk: many of them); marketplace (known only from a copy).
addresses: a line or its parts; amounts: what was really paid; holds: what refunds and payments take of an order. On
their way: waybills (carriers' names, numbers), packing, shipments and tracking (carriers/ are asked), pieces (of an
order in several parcels), receiving (one of those), corrections (of numbers), stopping (not shipped any more), parcels
(promised on top). Before they ship: saving (address, urges, priority), lateness, delays/. erp/ takes files out and in.
"""
