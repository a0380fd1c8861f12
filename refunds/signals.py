"""What this room tells the rooms above."""

from django.dispatch import Signal

# Sent with `refunds`, `writes`, `actor`, `now` in the transaction in which they stop awaiting the merchant (orders and
# refunds are locked), so that whatever was pending about them ends with it (T8).
refunds_decided = Signal()

# Sent with `refund` (locked) in the transaction in which a payment of it that was declined for good is reserved again.
payment_repeated = Signal()

# Sent with `refund` (locked; withdrawn where that was for an offer), `writes`, `actor`, `now` in the transaction that
# gives up its money, so that the offer that promised it ends.
payment_given_up = Signal()

# Sent with `refund`, `writes`, `actor`, `now` in the transaction that opens it, before anything is written (its order
# is locked, `refund.order` and `refund.own_lines` are there), so that it can be counted, marked or answered at once.
refund_requested = Signal()

# Sent with `refunds`, `writes`, `actor`, `now` in the transaction in which somebody besides the buyer finds them right:
# the merchant approves or passes the goods, or lets the time for it pass, or the platform decides (refunds are locked).
faults_verified = Signal()
