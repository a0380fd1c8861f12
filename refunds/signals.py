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

# Asked with `refund` and `verb` (a MarketplaceVerb) about a refund that is followed: whoever sends decisions to its
# marketplace answers True, or the Refused that says why this one can't be sent now. Nobody's answer: not connected.
decision_asked = Signal()

# Asked with `refund` about an exchange that is followed, whose goods came back: whoever sends decisions to its
# marketplace answers True where that hears of their receipt by the parcel with the new goods, and by nothing before.
receipt_asked = Signal()

# Asked with `refund` about one that is followed, whose goods came back: whoever sends decisions to its marketplace
# answers how long before the deadline that gives more time to look at them (a timedelta), None where it never does.
more_time_asked = Signal()

# Asked with `refund` about one that is followed: whoever sends decisions to its marketplace answers what may be
# proposed to the buyer there (refunds.proposing), None where nothing may.
proposal_asked = Signal()

# Asked with `refund` about a refund that is followed: whoever has read its marketplace's own reasons to refuse it
# answers with them (refunds.objections).
reasons_asked = Signal()

# Sent with `refund` (locked), `verb`, `data`, `writes`, `actor`, `now` in the transaction in which a merchant decides
# about a refund that is followed: whoever sends it on keeps it in these writes and answers True. `data` is a
# `DecisionData`.
decision_handed_over = Signal()

# Sent with `refund` (locked), `report`, `writes`, `actor`, `now` in the transaction in which a followed refund is
# made what the marketplace says it is, so that what waited for that happens.
refund_followed = Signal()

# Asked with `refund` about a refund that is followed: whoever promised its buyer something else instead answers True as
# long as that stands.
promise_asked = Signal()

# Sent with `pack`, `writes` in the transaction in which somebody asks for a dispute's evidence pack: whoever makes it
# is told once it is committed.
pack_asked = Signal()
