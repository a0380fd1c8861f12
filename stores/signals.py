"""What this room tells the rooms above."""

from django.dispatch import Signal

# Sent with `store` inside the transaction that creates it, so that upper rooms can open what a store needs.
store_created = Signal()

# Sent with `member` (locked), `role` (theirs from now on; empty for none), `actor`, `now` in the transaction in which
# somebody gets another role in a store or leaves it, so that upper rooms take back what was theirs.
role_ended = Signal()
