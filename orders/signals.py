"""What this room tells the rooms above."""

from django.dispatch import Signal

# Sent with `order`, `lines`, `store`, `writes`, `now` in the transaction that places a new order, before anything is
# written: what is promised with an order is kept on it.
order_placed = Signal()

# Sent with `order`, `was`, `store`, `writes`, `now` in the transaction in which an order's `paid_at` changes from `was`.
order_redated = Signal()
