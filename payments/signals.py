"""What this room tells the rooms above, and what it asks them."""

from django.dispatch import Signal

# Sent with `payments`, `writes`, `now` in the transaction that settles them (orders and payments are locked), so that
# upper rooms move what waited for the money. A payment's status is then succeeded or failed; with `is_late` one that
# had failed was paid after all.
payments_settled = Signal()

# The same for payments that were paid and came back: they are failed now.
payments_reversed = Signal()

# Sent with `order` (locked) and `topic_id` before a small payment about something of the order: whoever knows this
# topic and finds that it belongs to the order returns the row, everybody else None.
topic_asked = Signal()
