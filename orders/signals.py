"""What this room tells the rooms above."""

from django.dispatch import Signal

# Sent with `orders`, `store`, `writes`, `now` in the transaction that places new orders, before anything is written
# (their `own_lines` are at hand): what is promised with an order is kept on it.
orders_placed = Signal()

# Sent with `order`, `was`, `store`, `writes`, `now` in the transaction in which an order's `paid_at` changes
# from `was`.
order_redated = Signal()
# Sent with `shipments`, `writes`, `now` in the transaction in which parcels move (their orders are locked and on them),
# so that the refunds that wait for a parcel follow it.
shipments_moved = Signal()

# Sent with `orders` (locked), `writes`, `actor`, `now` in the transaction that ships them, or a part of them, so that
# what was possible only before ends with it (K1). Whoever ships orders sends it.
orders_shipped = Signal()

# Sent with `order` (locked) in the transaction in which more of it is held beside what others hold of it already, so
# that what they were promised on top can be looked at again.
more_held = Signal()

# Sent with the ids of `lines` of orders; whoever holds the whole price of some of their pieces answers with how many,
# by line id: of lines of which pieces have left, only for as long as nothing is decided about them.
whole_pieces_asked = Signal()

# Sent with `parcel` (locked with its order), `writes`, `actor`, `now` in the transaction in which the merchant sends a
# promised parcel.
parcel_shipped = Signal()

# Sent with `parcel`, a promised one that was sent; whoever has told somebody of its number answers with the `Refused`
# that says why it can't be another.
parcel_correction_asked = Signal()
