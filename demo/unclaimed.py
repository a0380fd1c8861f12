"""The demo's parcels that nobody announced: numbers that nobody knows, a slip of a buyer's, a label washed off.

One has little time left, one none, and one went back to its sender.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from common import clock
from common.tenancy import tenant_scope
from common.uploads import clean_upload
from demo.pictures import photograph
from demo.return_steps import WAREHOUSE
from refunds.models import Refund, UnclaimedParcel
from refunds.platform.evidence import stored
from refunds.states import RefundStatus
from refunds.unclaimed.ending import end_parcel
from refunds.unclaimed.recording import add_parcel_photo, note_overdue_parcels, put_parcel_aside
from stores.models import Store

STORE = "pinduoduo-demo"


@dataclass(frozen=True)
class HeldParcel:
    """A parcel that the warehouse holds, put aside `ago` hours before now; an empty `number` is one nobody could read.

    `is_slip` takes the number of a return on its way, with two neighbouring digits swapped; `knows_phone` reads the
    phone of a buyer who has something to send back.
    """

    ago: float
    number: str = ""
    goods: str = ""
    note: str = ""
    pictures: tuple[str, ...] = ()
    is_slip: bool = False
    knows_phone: bool = False
    sent_back: float | None = None


FOUND = (
    HeldParcel(400, "SF1390027741", goods="940043", note="箱子里只有一把椅子，没有纸条", pictures=("empty",)),
    HeldParcel(334.5, "ZT7755018236", goods="940041", note="外箱破损", pictures=("parcel",)),
    HeldParcel(230, "JD0098120044", note="里面是别家的鞋", pictures=("empty",), sent_back=180),
    HeldParcel(52, "YT4410093127", goods="940044", pictures=("parcel", "scale")),
    HeldParcel(27, note="红色编织袋，面单被雨水泡花", knows_phone=True, pictures=("parcel", "blanket")),
    HeldParcel(6, note="白色快递袋，没有面单", goods="940045"),
    HeldParcel(3, is_slip=True, pictures=("parcel",)),
    HeldParcel(0.6, "JT5533108890"),
)


def count(store_code: str) -> int:
    """How many happenings there are."""
    return len(FOUND) + sum(each.sent_back is not None for each in FOUND) + 1 if store_code == STORE else 0


def happenings(store: Store, now: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """(when, what) of the store's unclaimed parcels."""
    if store.code != STORE:
        return
    held: dict[HeldParcel, UnclaimedParcel] = {}
    for each in FOUND:
        yield now - timedelta(hours=each.ago), lambda each=each: held.update({each: _put_aside(store, each)})
        if each.sent_back is not None:
            yield now - timedelta(hours=each.sent_back), lambda each=each: _send_back(store, held[each])
    yield now - timedelta(hours=0.1), lambda: note_overdue_parcels() and None


def _put_aside(store: Store, found: HeldParcel) -> UnclaimedParcel:
    with tenant_scope(store.pk):
        number = _slip(store) if found.is_slip else found.number
        read = {"goods": found.goods, "note": found.note, "phone_end": _phone(store) if found.knows_phone else ""}
        told = {"actor": WAREHOUSE, "now": clock.now()}
        parcel = put_parcel_aside(store=store, tracking_number=number, **read, **told)
        for picture in found.pictures:
            name, content = photograph(picture)
            file = clean_upload(content, name)
            with stored(store.pk, file) as stored_as:
                of_it = {"store_id": store.pk, "parcel_id": parcel.pk, "note": ""}
                add_parcel_photo(**of_it, file=file, stored_as=stored_as, **told)
    return parcel


def _slip(store: Store) -> str:
    """The newest return's number, mistyped."""
    rows = Refund.objects.for_store(store.pk).filter(status=RefundStatus.RETURNING)
    number = rows.order_by("-id").values_list("return_tracking_number", flat=True)[0]
    place = next(at for at in range(len(number) - 1, 0, -1) if number[at] != number[at - 1])
    return number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]


def _phone(store: Store) -> str:
    """The end of the phone of somebody whose return is awaited."""
    rows = Refund.objects.for_store(store.pk).filter(status=RefundStatus.AWAITING_RETURN)
    return rows.order_by("-id").values_list("order__phone_end", flat=True)[0]


def _send_back(store: Store, parcel: UnclaimedParcel) -> None:
    with tenant_scope(store.pk):
        told = {"reason": "收件人是楼上的鞋店，退回寄件人", "actor": WAREHOUSE, "now": clock.now()}
        end_parcel(store_id=store.pk, parcel_id=parcel.pk, is_sent_back=True, **told)
