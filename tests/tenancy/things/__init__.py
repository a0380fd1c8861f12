"""Things of a store that calls and tables are about.

`names`: each by a name, made when it is first asked for. The others make one whenever they are called: `orders` parcels
owed and delays, `payments` money and coupons, `refunds` disputes, appeals, evidence and unclaimed parcels, `notices`
what is told to people, `webhooks` what is told to programs.
"""

from tests.tenancy.things.names import SHIPMENTS, Missing, Names
from tests.tenancy.things.notices import make_notice, make_robot, make_ruling
from tests.tenancy.things.orders import make_delay, make_parcel
from tests.tenancy.things.payments import make_coupon, make_small_payment
from tests.tenancy.things.refunds import (
    PHOTO,
    make_appeal,
    make_dispute,
    make_evidence,
    make_instant_refund,
    make_pack,
    make_unclaimed,
)
from tests.tenancy.things.webhooks import make_delivery, make_endpoint, make_failed_call

__all__ = [
    "PHOTO",
    "SHIPMENTS",
    "Missing",
    "Names",
    "make_appeal",
    "make_coupon",
    "make_delay",
    "make_delivery",
    "make_dispute",
    "make_endpoint",
    "make_evidence",
    "make_failed_call",
    "make_instant_refund",
    "make_notice",
    "make_pack",
    "make_parcel",
    "make_robot",
    "make_ruling",
    "make_small_payment",
    "make_unclaimed",
]
