"""Orders, their lines, and their way to the buyer.

states → models → actions (placed, shipped, delivered). holds: what refunds and payments take of an order.
On their way: shipments and tracking (carriers/ are asked), stopping (not shipped any more), parcels (promised on top).
Before they ship: saving (address, urges, priority), lateness, delays/. erp/ takes files out and in.
"""
