"""What this room tells the rooms above."""

from django.dispatch import Signal

# Sent with `store` inside the transaction that creates it, so that upper rooms can open what a store needs.
store_created = Signal()
