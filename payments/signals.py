"""What this room tells the rooms above."""

from django.dispatch import Signal

# Sent with `payments`, `writes`, `now` in the transaction that settles them (orders and payments are locked), so that
# upper rooms move what waited for the money. A payment's status is then succeeded or failed.
payments_settled = Signal()
