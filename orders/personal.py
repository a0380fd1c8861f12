"""What this room's tables keep of a buyer: who bought, and where it goes."""

from common.personal import Held, Holding, buyer
from orders.models import (
    DelayedOrder,
    DelayReport,
    FilePart,
    ImportRow,
    Order,
    OrderLine,
    OwedParcel,
    Shipment,
    ShipmentImport,
)

NUMBER = "the books, the marketplace and the merchant's own programs name the order by it"
TRACKING = "names a parcel; disputes with carriers and the look for odd numbers go by it"
ERROR = Held("what a carrier said when it was asked")

HOLDINGS = (
    Holding(
        Order,
        order="pk",
        held={
            "buyer_id": Held("the marketplace's id of the buyer", buyer),
            "buyer_name": Held("the buyer's name"),
            "address": Held("where the order goes, in one line"),
            "address_name": Held("the receiver's name"),
            "address_phone": Held("the receiver's phone"),
            "address_province": Held("the province"),
            "address_city": Held("the city"),
            "address_district": Held("the district"),
            "address_detail": Held("street and number"),
        },
        kept={"number": NUMBER, "tracking_number": TRACKING},
        nobody=("live_session", "carrier"),
    ),
    Holding(OrderLine, order="order", nobody=("item_id", "sku", "title", "category", "programme")),
    Holding(
        Shipment,
        order="order",
        held={"address": Held("where the parcel goes"), "last_error": ERROR},
        kept={"tracking_number": TRACKING, "part_folded": TRACKING},
        nobody=("port", "carrier", "pieces"),
    ),
    Holding(
        OwedParcel,
        order="order",
        held={"address": Held("where the promised parcel goes")},
        kept={"tracking_number": TRACKING},
        nobody=("item_id", "sku", "title", "carrier", "rules_name"),
    ),
    Holding(
        ImportRow,
        order="order",
        held={"about": Held("the cell of a file that was wrong")},
        kept={"number": NUMBER, "tracking_number": TRACKING},
        nobody=("carrier", "pieces", "code"),
    ),
    Holding(
        FilePart,
        kept={"content": "a file as it was brought, until it is read"},
        passing="nobody can look into it before it is read; then it goes, or after KEEP_SHIPMENT_FILES_DAYS",
    ),
    Holding(
        DelayedOrder,
        order="order",
        nobody=("sentence", "notice"),
    ),
    Holding(DelayReport, nobody=("reason",)),
    Holding(ShipmentImport, nobody=("last_error", "actor", "file_name", "rows_sha256", "unreadable")),
)
